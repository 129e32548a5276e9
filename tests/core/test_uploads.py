"""Uploads are judged by real bytes: pictures with a place in them, PDFs that act, files that are two."""

import hashlib
import struct
import subprocess
import sys
import threading
import zipfile
import zlib
from base64 import b85decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from stations.core import pdf_safety, pictures, uploads
from stations.core.messages import RuleBroken

# 64×48 pixels, red top left quarter, EXIF orientation 6 with a GPS position; made with libheif.
HEIC = b85decode(
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0005VZDn*}000000000XXk=`10000000000aA{+700000000000000000000G-+&a"
    "V*mgE07O6l0ssL300001>;M4(00000001%o0ssI200JHW0RR9100000ssI20IB98aW&i*H00062000$fZf0cy000000RRAKc4ILB"
    "0000LX>Mj^0ssI300IC2MR;ju000004sdC7Z2$lO00031009SSaB^?}008D`aAR)(004Gqc4I>U18@KU0FVFx0000U@BsY%`1k+-"
    "4+CHT0RR|40Sp2E{{wIU00RJ!0009300RIXx&lC90096hLID8-Z~y=U0FVFx0{{R603M(qfd!W8<fgf}2xu@M00096AOHXZ03l)k"
    "0RRR>0l{;?i2wiq6Ju{|a&BX6cmM$a4FCp!0000KX>)L8000000000$0000$0000eV{Bn?0000$000010000m000010000000002"
    "|NsB+000020000GaA|mH000000|*ER00009X>xCL0{{R38EJ5BVE_OC000000RRC8fdT^sgoXeB02*m>Wo7^X0000001jhhb7KGk"
    "009620002wZDe6|0000kC;_hvVEWSF|IgIwKrHeiF$0mLRx-sM6W87`;n2QdAcMDkwhr<wp$c6)-%9`h00u>PX=VTbO-%qQ00008"
    "00RLJ00IC200;m805Sm*00RI300967004+300aO40096106G8w002~Fb96&tZ2$lS0096300002P5=M^00IC7000030001R00RI5"
    "00002MF0Q*00aO9000030001p000000000Z000010000l0000100000000010001s000010000s000010000000001"
)
SECRET = "a secret of the tests"


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """White with a red quarter at the top left, so that a turn can be seen."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(200, 30, 30))
    return image.convert(mode)


def exif_with_place(orientation: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRETCAMERA"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (35.0, 47.0, 15.0), "E", (139.0, 54.0, 11.0)
    return exif


def jpeg(size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    picture(size, mode).save(out, "JPEG", **options)
    return out.getvalue()


def png(image: Image.Image | None = None, **options: object) -> bytes:
    out = BytesIO()
    (image or picture()).save(out, "PNG", **options)
    return out.getvalue()


def pdf(
    catalog: dict[str, PdfObject] | None = None,
    page: dict[str, PdfObject] | None = None,
    *,
    packed: bool = False,
    password: str | None = None,
) -> bytes:
    """A one-page PDF with extra entries on the catalogue or the page; `packed`: in an object stream."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for entries, target in ((catalog, writer.root_object), (page, writer.pages[0])):
        for key, value in (entries or {}).items():
            target[NameObject(key)] = writer._add_object(value)
    if password:
        writer.encrypt(password)
    out = BytesIO()
    writer.write(out)
    return in_object_streams(out.getvalue()) if packed else out.getvalue()


def in_object_streams(plain: bytes) -> bytes:
    """The same document with every object but streams inside one compressed object stream (PDF 1.5)."""
    reader = PdfReader(BytesIO(plain))
    numbers = sorted(number for number in reader.xref[0] if number)
    bodies = []
    for number in numbers:
        body = BytesIO()
        found = reader.get_object(number)
        assert found is not None
        found.write_to_stream(body)
        bodies.append(body.getvalue())
    heads, offset = [], 0
    for number, one in zip(numbers, bodies, strict=True):
        heads.append(b"%d %d" % (number, offset))
        offset += len(one) + 1
    head = b" ".join(heads) + b" "
    stream = zlib.compress(head + b" ".join(bodies))
    holder, table = max(numbers) + 1, max(numbers) + 2
    out = b"%PDF-1.5\n"
    holder_at = len(out)
    out += b"%d 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n" % (
        holder,
        len(numbers),
        len(head),
        len(stream),
    )
    out += stream + b"\nendstream\nendobj\n"
    table_at = len(out)
    rows = {0: (0, 0, 255), holder: (1, holder_at, 0), table: (1, table_at, 0)}
    rows |= {number: (2, holder, index) for index, number in enumerate(numbers)}
    entries = b"".join(struct.pack(">BIB", *rows.get(number, (0, 0, 0))) for number in range(table + 1))
    root = reader.trailer.raw_get("/Root").idnum
    out += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Root %d 0 R/Length %d>>\nstream\n" % (
        table,
        table + 1,
        root,
        len(entries),
    )
    return out + entries + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def written(*, compressed: bool = False) -> bytes:
    """A PDF whose one page says "Receipt 1,234"."""
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    words = DecodedStreamObject()
    words.set_data(b"BT /F1 12 Tf 20 100 Td (Receipt 1,234) Tj ET")
    content = words.flate_encode() if compressed else words
    return pdf(page={"/Contents": content, "/Resources": wrapped("/Font", "/F1", value=font)})


def moved(sent: bytes) -> bytes:
    """The PDF with a wrong address of its table."""
    return sent.replace(b"startxref\n", b"startxref\n1")


def action(kind: str, **entries: PdfObject) -> DictionaryObject:
    made = DictionaryObject({NameObject("/S"): NameObject(kind)})
    made.update({NameObject(f"/{key}"): value for key, value in entries.items()})
    return made


def wrapped(*keys: str, value: PdfObject) -> PdfObject:
    """`value` inside dictionaries, outermost key first."""
    for key in reversed(keys):
        value = DictionaryObject({NameObject(key): value})
    return value


SCRIPT = action("/JavaScript", JS=TextStringObject("app.alert(1)"))
ACTIVE: dict[str, tuple[dict[str, PdfObject], dict[str, PdfObject]]] = {
    "script on opening": ({"/OpenAction": SCRIPT}, {}),
    "script in a name tree": (
        {"/Names": wrapped("/JavaScript", "/Names", value=ArrayObject([TextStringObject("a"), SCRIPT]))},
        {},
    ),
    "program on opening": ({"/OpenAction": action("/Launch", F=TextStringObject("cmd.exe"))}, {}),
    "printing on opening": ({"/OpenAction": action("/Named", N=NameObject("/Print"))}, {}),
    "additional actions on a page": ({}, {"/AA": wrapped("/O", value=action("/Named"))}),
    "additional actions on the catalogue": ({"/AA": wrapped("/WC", value=SCRIPT)}, {}),
    "embedded files": ({"/Names": wrapped("/EmbeddedFiles", "/Names", value=ArrayObject())}, {}),
    "XFA form": ({"/AcroForm": wrapped("/XFA", value=TextStringObject("<xdp/>"))}, {}),
    "sending a form": (
        {},
        {"/Annots": ArrayObject([wrapped("/A", value=action("/SubmitForm", F=TextStringObject("x")))])},
    ),
    "launch from a link": ({}, {"/Annots": ArrayObject([wrapped("/A", value=action("/Launch"))])}),
    "script behind another act": (
        {},
        {"/Annots": ArrayObject([wrapped("/A", value=action("/URI", Next=ArrayObject([SCRIPT])))])},
    ),
    "attachment on a page": ({}, {"/Annots": ArrayObject([wrapped("/FS", "/EF", value=DictionaryObject())])}),
}


def refusal(data: bytes, name: str = "a.pdf") -> str:
    with pytest.raises(RuleBroken) as broken:
        uploads.clean(data, name)
    assert broken.value.field == "file"
    assert str(broken.value).endswith("。")
    return broken.value.message


class TestPictures:
    def test_jpeg_loses_its_place_and_stands_upright(self) -> None:
        sent = jpeg(exif=exif_with_place(), comment=b"SECRETCOMMENT")
        assert b"SECRETCAMERA" in sent

        stored = uploads.clean(sent, "IMG_0001.JPG")

        assert (stored.media_type, stored.extension) == ("image/jpeg", "jpg")
        assert b"SECRET" not in stored.content and b"Exif" not in stored.content
        image = Image.open(BytesIO(stored.content))
        assert image.size == (480, 640)
        assert not image.getexif()
        # Orientation 6: the top left of the sensor is the top right of the picture.
        assert _is_red(image, 470, 10) and not _is_red(image, 10, 10)
        assert stored.sha256 == hashlib.sha256(stored.content).hexdigest()

    def test_xmp_icc_and_second_pictures_are_dropped(self) -> None:
        sent = jpeg(xmp=b"<x:xmpmeta>SECRETXMP</x:xmpmeta>", icc_profile=b"SECRETPROFILE" * 20)
        stored = uploads.clean(sent + jpeg(comment=b"SECRETSECOND"), "a.jpg").content
        assert b"SECRET" not in stored and b"ICC_PROFILE" not in stored

    def test_png_loses_its_texts_but_keeps_transparency(self) -> None:
        texts = PngInfo()
        texts.add_text("Author", "SECRETNAME")
        texts.add_itxt("XML:com.adobe.xmp", "SECRETXMP")
        image = picture(mode="RGBA")
        image.putpixel((639, 479), (0, 0, 0, 0))

        stored = uploads.clean(png(image, pnginfo=texts, exif=exif_with_place(1)), "図.png")

        assert (stored.media_type, stored.extension, stored.original_name) == ("image/png", "png", "図.png")
        assert b"SECRET" not in stored.content
        assert {chunk for chunk in (b"tEXt", b"iTXt", b"eXIf", b"zTXt") if chunk in stored.content} == set()
        again = Image.open(BytesIO(stored.content))
        assert again.mode == "RGBA" and again.getpixel((639, 479)) == (0, 0, 0, 0)

    def test_palette_png_keeps_its_transparent_colour(self) -> None:
        image = picture((40, 40), "P")
        stored = uploads.clean(png(image, transparency=image.getpixel((1, 1))), "a.png")
        alpha = Image.open(BytesIO(stored.content)).convert("RGBA").getchannel("A")
        assert (alpha.getpixel((1, 1)), alpha.getpixel((39, 39))) == (0, 255)

    def test_sixteen_bit_grey_is_not_burnt_to_white(self) -> None:
        image = Image.new("I;16", (20, 20), 0x8000)
        grey = Image.open(BytesIO(uploads.clean(png(image), "scan.png").content))
        assert grey.mode == "L" and grey.getpixel((5, 5)) == 0x80

    @pytest.mark.parametrize("mode", ["L", "CMYK"])
    def test_other_jpeg_modes(self, mode: str) -> None:
        image = Image.open(BytesIO(uploads.clean(jpeg(mode=mode), "a.jpg").content))
        assert image.mode == ("L" if mode == "L" else "RGB")

    def test_heic_becomes_an_upright_jpeg(self) -> None:
        stored = uploads.clean(HEIC, "IMG_2.HEIC")
        assert (stored.media_type, stored.original_name) == ("image/jpeg", "IMG_2.jpg")
        image = Image.open(BytesIO(stored.content))
        assert (image.format, image.size) == ("JPEG", (48, 64))
        assert _is_red(image, 44, 4) and not _is_red(image, 4, 4)
        assert b"TestCam" in HEIC and b"TestCam" not in stored.content and not image.getexif()

    @pytest.mark.parametrize("brand", [b"heix", b"hevc", b"msf1"])
    def test_heic_of_other_cameras_is_taken(self, brand: bytes) -> None:
        sent = HEIC[:8] + brand + HEIC[12:]
        if brand == b"msf1":  # named among the compatible ones only
            size = int.from_bytes(sent[:4])
            sent = sent[:16] + b"heix" * ((size - 16) // 4) + sent[size:]
        assert uploads._is_heic(sent)

    def test_other_pictures_in_such_boxes_are_not_heic(self) -> None:
        assert not uploads._is_heic(b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avifmif1" + bytes(50))
        assert not uploads._is_heic(b"")

    @pytest.mark.parametrize(
        "sent",
        [jpeg((4000, 1000)), png(picture((4000, 1000))), png(picture((4000, 1000), "P"))],
        ids=["jpeg", "png", "p"],
    )
    def test_large_pictures_are_scaled_down(self, sent: bytes) -> None:
        image = Image.open(BytesIO(uploads.clean(sent, "a").content))
        assert image.size == (3000, 750)

    def test_half_size_decoding_never_goes_below_the_side_kept(self) -> None:
        assert Image.open(BytesIO(uploads.clean(jpeg((6400, 1600)), "a").content)).size == (3000, 750)

    @pytest.mark.parametrize("sent", [jpeg(), png(), HEIC, pdf()], ids=["jpeg", "png", "heic", "pdf"])
    def test_same_bytes_same_result(self, sent: bytes) -> None:
        assert uploads.clean(sent, "a") == uploads.clean(sent, "a")

    @pytest.mark.parametrize(
        "sent",
        [
            jpeg()[:-400],
            png()[:-40],
            HEIC[:-60],
            b"\xff\xd8\xff\xe0" + bytes(200),
            b"\x89PNG\r\n\x1a\n" + bytes(50),
        ],
        ids=["jpeg", "png", "heic", "jpeg header", "png header"],
    )
    def test_cut_pictures_are_refused(self, sent: bytes) -> None:
        assert refusal(sent) == pictures.BROKEN_IMAGE

    @pytest.mark.parametrize("cut", [1, 2])
    def test_a_jpeg_that_lacks_only_its_end_is_whole(self, cut: int) -> None:
        stored = Image.open(BytesIO(uploads.clean(jpeg()[:-cut], "a.jpg").content))
        whole = Image.open(BytesIO(uploads.clean(jpeg(), "a.jpg").content))
        assert stored.size == whole.size
        assert stored.tobytes() == whole.tobytes()

    @pytest.mark.parametrize("cut", [1, 2, 3])
    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    def test_a_progressive_jpeg_that_lacks_only_its_end_is_whole(self, mode: str, cut: int) -> None:
        sent = jpeg(mode=mode, progressive=True)
        stored = Image.open(BytesIO(uploads.clean(sent[:-cut], "a.jpg").content))
        whole = Image.open(BytesIO(uploads.clean(sent, "a.jpg").content))
        assert stored.size == whole.size
        apart = ImageChops.difference(stored.convert("RGB"), whole.convert("RGB")).tobytes()
        assert max(apart) <= (0 if cut < 3 else 8)

    def test_a_jpeg_of_a_thousand_scans_is_refused_before_it_is_decoded(self) -> None:
        """Each costs as much as a whole picture: half a megabyte took forty seconds."""
        sent = jpeg(progressive=True)
        last = sent.rindex(b"\xff\xda")
        assert refusal(sent[:-2] + sent[last:-2] * 1_000 + sent[-2:]) == pictures.BROKEN_IMAGE

    def test_a_progressive_jpeg_that_was_cut_is_refused(self) -> None:
        sent = jpeg(progressive=True)
        last_scan = sent.rindex(b"\xff\xda")
        for end in (len(sent) // 2, last_scan - 1, last_scan, last_scan + 5):
            assert refusal(sent[:end]) == pictures.BROKEN_IMAGE

    @pytest.mark.parametrize("side", [9_000, 14_000, 60_000])
    def test_decompression_bomb_is_refused_before_it_unfolds(self, side: int) -> None:
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(1000)))
        assert refusal(bomb + _chunk(b"IEND", b"")) == pictures.TOO_MANY_PIXELS

    def test_what_hides_behind_a_picture_is_gone(self) -> None:
        archive = BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("secret.html", "<script>alert(1)</script>")
        stored = uploads.clean(jpeg() + archive.getvalue(), "a.jpg").content
        assert not zipfile.is_zipfile(BytesIO(stored))
        assert uploads.clean(jpeg(), "a.jpg").content == stored


def encrypted(*, user_password: str) -> bytes:
    """A page that may be read with this password, and changed with another."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(user_password=user_password, owner_password="an owner's")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_object(sent: bytes, extra: bytes) -> bytes:
    """The PDF with one more object before its table, which does not list it."""
    table, end = sent.rindex(b"xref\n", 0, sent.rindex(b"startxref")), sent.rindex(b"startxref")
    return sent[:table] + extra + sent[table:end] + b"startxref\n%d\n%%%%EOF\n" % (table + len(extra))


class TestType:
    @pytest.mark.parametrize(
        "sent",
        [
            b"<html><script>alert(1)</script>",
            b"GIF89a" + bytes(50),
            b"PK\x03\x04" + bytes(60),
            b"MZ" + bytes(100),
            b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        ],
    )
    def test_other_types_are_refused_whatever_they_are_called(self, sent: bytes) -> None:
        assert refusal(sent, "receipt.pdf") == uploads.WRONG_TYPE

    def test_content_decides_not_the_name(self) -> None:
        assert uploads.clean(jpeg(), "領収書.pdf").original_name == "領収書.jpg"

    def test_size_limit_is_ten_million_bytes(self) -> None:
        assert refusal(b"") == uploads.EMPTY
        assert refusal(jpeg() + bytes(10_000_001)) == uploads.TOO_LARGE
        exact = jpeg()
        assert uploads.clean(exact + bytes(10_000_000 - len(exact)), "a.jpg").extension == "jpg"


class TestPdf:
    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "object streams"])
    def test_paper_is_kept_byte_for_byte(self, packed: bool) -> None:
        sent = pdf({"/OpenAction": action("/GoTo")}, packed=packed)
        stored = uploads.clean(sent, "領収書.pdf")
        assert (stored.content, stored.media_type, stored.extension) == (sent, "application/pdf", "pdf")

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "object streams"])
    @pytest.mark.parametrize("name", ACTIVE)
    def test_active_content_is_refused(self, name: str, packed: bool) -> None:
        catalog, page = ACTIVE[name]
        sent = pdf(catalog, page, packed=packed)
        assert len(PdfReader(BytesIO(sent)).pages) == 1
        assert refusal(sent) == pdf_safety.ACTIVE_PDF

    def test_embedded_file_as_pypdf_writes_it(self) -> None:
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        writer.add_attachment("a.exe", b"MZ")
        out = BytesIO()
        writer.write(out)
        assert refusal(out.getvalue()) == pdf_safety.ACTIVE_PDF

    def test_names_written_with_escapes_are_read(self) -> None:
        sent = pdf({"/OpenAction": action("/JavaScript", JS=TextStringObject("paddingxxxx"))})
        disguised = sent.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4aS")
        disguised = disguised.replace(b"paddingxxxx", b"padding")
        assert len(disguised) == len(sent)
        assert refusal(disguised) == pdf_safety.ACTIVE_PDF

    def test_object_left_out_of_the_table_is_found(self) -> None:
        sent = pdf()
        table, end = sent.rindex(b"xref\n", 0, sent.rindex(b"startxref")), sent.rindex(b"startxref")
        extra = b"99 0 obj\n<</S/JavaScript/JS(x)>>\nendobj\n"
        hidden = sent[:table] + extra + sent[table:end] + b"startxref\n%d\n%%%%EOF\n" % (table + len(extra))
        assert 99 not in PdfReader(BytesIO(hidden)).xref[0]
        assert refusal(hidden) == pdf_safety.ACTIVE_PDF

    def test_what_nobody_can_open_is_refused(self) -> None:
        assert refusal(encrypted(user_password="pass")) == pdf_safety.ENCRYPTED_PDF

    @pytest.mark.parametrize(
        "sent",
        [
            lambda: encrypted(user_password=""),
            lambda: b"\xef\xbb\xbf" + pdf(),
            lambda: b"\r\n" + pdf(),
            lambda: pdf() + b"<script>alert(1)</script>",
            lambda: pdf() + bytes(600) + b"\r\n\x1a",
            lambda: b"\n" + pdf() + b"trailing",
        ],
        ids=["owner's password", "mark before", "line break before", "something behind", "padding", "both"],
    )
    def test_what_scanners_write_is_written_again(self, sent: Callable[[], bytes]) -> None:
        """The pages stay, all else is gone; what is stored passes every check itself."""
        stored = uploads.clean(sent(), "scan.pdf").content
        pdf_safety.check(stored)
        assert len(PdfReader(BytesIO(stored)).pages) == 1
        assert b"script" not in stored and b"trailing" not in stored

    @pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
    def test_what_acts_is_refused_although_it_could_be_written_again(self, before: bytes) -> None:
        acting = with_object(pdf(), b"99 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n")
        assert refusal(before + acting + b"behind") == pdf_safety.ACTIVE_PDF

    def test_javascript_in_an_object_stream_that_no_table_lists_is_found(self) -> None:
        packed = zlib.compress(b"99 0 <</S/JavaScript/JS(app.alert(1))>>")
        for name in (b"/ObjStm", b"/Obj#53tm"):
            stream = b"98 0 obj\n<</Type%s/N 1/First 5/Filter/FlateDecode/Length %d>>\nstream\n" % (
                name,
                len(packed),
            )
            hidden = with_object(pdf(), stream + packed + b"\nendstream\nendobj\n")
            assert 98 not in PdfReader(BytesIO(hidden)).xref[0]
            assert refusal(hidden) == pdf_safety.ACTIVE_PDF
            assert refusal(b"\n" + hidden) == pdf_safety.ACTIVE_PDF

    @pytest.mark.parametrize(
        "sent",
        [
            pdf()[:-30],
            pdf()[:200],
            b"%PDF-1.7\n%%EOF\n",
            b"\n%PDF-1.7\n",
            pdf()
            .replace(b"/Type /Pages", b"/Type /Xages")
            .replace(b"/Count 1", b"/Count 0")
            .replace(b"/Kids", b"/Nids"),
        ],
        ids=["no end", "cut", "empty", "only a first line", "no page"],
    )
    def test_damaged_is_refused(self, sent: bytes) -> None:
        assert refusal(sent) == pdf_safety.BROKEN_PDF

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            (lambda: moved(written()), "Receipt 1,234"),
            (lambda: moved(pdf(packed=True)), ""),
            (lambda: written().replace(b"\n", b"\r\n"), "Receipt 1,234"),
            (lambda: b"\xef\xbb\xbf" + moved(written(compressed=True)) + b"behind", "Receipt 1,234"),
        ],
        ids=["table elsewhere", "packed", "line breaks changed", "more around it"],
    )
    def test_a_damaged_table_is_rebuilt(self, sent: Callable[[], bytes], words: str) -> None:
        stored = uploads.clean(sent(), "scan.pdf").content
        pdf_safety.check(stored)
        assert [page.extract_text().strip() for page in PdfReader(BytesIO(stored)).pages] == [words]

    @pytest.mark.parametrize("lost", ["an object", "the end of a stream"])
    def test_what_a_new_table_cannot_bring_back_is_refused(self, lost: str) -> None:
        sent = moved(written(compressed=True))
        start = sent.index(b"stream\n") + len(b"stream\n")
        end = sent.index(b"\nendstream")
        if lost == "an object":
            first, done = sent.rindex(b"obj", 0, start), sent.index(b"endobj", end)
            number = sent.rindex(b"\n", 0, first) + 1
            sent = sent[:number] + sent[done + len(b"endobj\n") :]
        else:
            sent = sent[: end - 10] + sent[end:]
        assert refusal(sent) == pdf_safety.BROKEN_PDF

    def test_what_acts_is_refused_although_its_table_is_damaged(self) -> None:
        for packed in (False, True):
            assert refusal(moved(pdf({"/OpenAction": SCRIPT}, packed=packed))) == pdf_safety.ACTIVE_PDF

    def test_archive_and_pdf_in_one_is_refused(self) -> None:
        both = BytesIO(pdf())
        with zipfile.ZipFile(both, "a") as file:
            file.writestr("a.txt", "x")
        assert refusal(both.getvalue()) == uploads.WRONG_TYPE

    def test_endless_nesting_is_refused(self) -> None:
        deep: PdfObject = ArrayObject()
        for _level in range(300):
            deep = ArrayObject([deep])
        assert refusal(pdf({"/Deep": deep})) in {pdf_safety.COMPLEX_PDF, pdf_safety.BROKEN_PDF}

    def test_ordinary_form_and_links_are_accepted(self) -> None:
        link = wrapped("/A", value=action("/URI", URI=TextStringObject("https://example.jp/")))
        content = DecodedStreamObject()
        content.set_data(b"BT /F1 12 Tf (/JS /AA) Tj ET")
        sent = pdf(
            {
                "/AcroForm": DictionaryObject(
                    {NameObject("/Fields"): ArrayObject(), NameObject("/SigFlags"): NumberObject(3)}
                )
            },
            {"/Annots": ArrayObject([link]), "/Contents": content},
        )
        assert uploads.clean(sent, "a.pdf").content == sent


class TestDisplayName:
    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ("領収書 4月.PDF", "領収書 4月.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\山田\\場所代.pdf", "場所代.pdf"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
            ("ab\u202efdp.exe", "abfdp.pdf"),
            ("か\u3099.pdf", "が.pdf"),
            ("", "file.pdf"),
            (".pdf", "file.pdf"),
            ("...", "file.pdf"),
            ("\x00", "file.pdf"),
            ("髙﨑.tar.gz", "髙﨑.tar.pdf"),
        ],
    )
    def test_name(self, sent: str, shown: str) -> None:
        assert uploads.display_name(sent, "pdf") == shown

    def test_length(self) -> None:
        name = uploads.display_name("長" * 500 + ".pdf", "pdf")
        assert len(name) == 100 and name.endswith("長.pdf")


class TestStorage:
    def test_name_depends_on_content_and_secret(self) -> None:
        name = uploads.storage_name(b"a", SECRET)
        assert name == uploads.storage_name(b"a", SECRET)
        assert len({name, uploads.storage_name(b"b", SECRET), uploads.storage_name(b"a", "other")}) == 3
        assert name != hashlib.sha256(b"a").hexdigest()

    def test_written_in_two_levels_and_read_back(self, tmp_path: Path) -> None:
        name = uploads.storage_name(b"content", SECRET)
        path = uploads.write(tmp_path, name, b"content")
        assert path == tmp_path / name[:2] / name[2:4] / name
        assert uploads.read(tmp_path, name) == b"content"
        uploads.write(tmp_path, name, b"content")
        assert [found.name for found in path.parent.iterdir()] == [name]

    @pytest.mark.parametrize("name", ["../" + "a" * 61, "A" * 64, "a" * 63, "a" * 64 + "\n", ""])
    def test_other_names_never_reach_the_disk(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ValueError, match="storage name"):
            uploads.write(tmp_path, name, b"x")
        with pytest.raises(ValueError, match="storage name"):
            uploads.read(tmp_path, name)
        assert list(tmp_path.iterdir()) == []

    def test_failed_write_leaves_nothing(self, tmp_path: Path) -> None:
        name = uploads.storage_name(b"x", SECRET)
        folder = tmp_path / name[:2] / name[2:4]
        (folder / name).mkdir(parents=True)  # a folder stands where the file should go
        with pytest.raises(OSError, match=name):
            uploads.write(tmp_path, name, b"x")
        assert [found.name for found in folder.iterdir()] == [name]

    def test_readers_see_the_whole_file_while_it_is_rewritten(self, tmp_path: Path) -> None:
        content = b"0123456789" * 50_000
        name = uploads.storage_name(content, SECRET)
        uploads.write(tmp_path, name, content)
        writer = threading.Thread(target=lambda: [uploads.write(tmp_path, name, content) for _ in range(10)])
        writer.start()
        seen = {len(uploads.read(tmp_path, name)) for _ in range(200)}
        writer.join()
        assert seen == {len(content)}


def _is_red(image: Image.Image, x: int, y: int) -> bool:
    red, green, _blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]  # RGB pixels are tuples
    return red > 150 and green < 100


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_decoders_are_not_loaded_at_start() -> None:
    script = "import sys, stations.core.uploads; print(*({'pypdf', 'PIL', 'pi_heif'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
