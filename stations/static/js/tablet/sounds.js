// Short sounds that differ: something counted, something taken back, something that did not work.
const SOUNDS = {
  counted: [[880, 0, 0.09]],
  undone: [[660, 0, 0.08], [440, 0.08, 0.1]],
  problem: [[220, 0, 0.18], [220, 0.24, 0.18]],
};
const LOUDNESS = 0.15;

export class Sounds {
  #context = null;
  muted = false;

  play(name) {
    navigator.vibrate?.(name === "problem" ? [80, 60, 80] : 20);
    if (this.muted) return;
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state === "suspended") this.#context.resume();
      for (const [pitch, start, length] of SOUNDS[name]) this.#tone(pitch, this.#context.currentTime + start, length);
    } catch {
      // A tablet without sound counts all the same.
    }
  }

  #tone(pitch, start, length) {
    const [tone, volume] = [this.#context.createOscillator(), this.#context.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(LOUDNESS, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + length);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(start);
    tone.stop(start + length);
  }
}
