"""The environment in which templates stand: Jinja's, without what it does again for each word of a page.

A page calls some hundred functions and shows some hundred pieces of markup: what each of them costs, every page pays.
"""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro


class Calls(Context):
    """Jinja's, but only what asks for it is given the context or the environment.

    Jinja searches each function, its ``__call__`` and the classes of both for the mark. Of ours none has it; macros and
    what is decorated with ``pass_context`` are called as ever.
    """

    def call(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        _loop_vars: Any = None,  # of the place of the call, for those who want the context
        _block_vars: Any = None,
        **values: Any,
    ) -> Any:
        if type(function) is Macro or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **values)
        return function(*args, **values)


class Shows(CodeGenerator):
    """Jinja's, but what is markup already is shown as it is: each sentence in the reader's language, each macro's answer.

    Escaping leaves it as it is, too, after seven calls.
    """

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if _escapes(frame, finalize):
            self.write("(shown if type(shown := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if _escapes(frame, finalize):
            self.write(") is Markup else escape(shown))")
        else:
            super()._output_child_post(node, frame, finalize)


def _escapes(frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> bool:
    """Whether Jinja would write no more than ``escape(…)``."""
    return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile and finalize.src is None


class PlainEnvironment(Environment):
    """Flask's, but each template holds what all share (`_`, `label`, `url_for`, …) in a plain dict.

    Jinja's ChainMap lets through what is added to the environment after a template was loaded: nothing here is. It is
    searched in Python for each template and import of each page, which costs some pages a tenth of all their work.
    """

    context_class = Calls
    code_generator_class = Shows

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    """Before anything is added to the application's environment."""
    app.jinja_environment = PlainEnvironment
