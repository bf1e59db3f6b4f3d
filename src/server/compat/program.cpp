#include "server/compat/program.h"

#include "base/limits.h"
#include "server/compat/object_text.h"

namespace forkjail::server {
namespace {

// Runs a source that is given to it as the program itself, and ends as Python does: a traceback on
// stderr that has only the program's frames, threads and functions of atexit awaited. Its own code
// has another name than script.py, or its lines would be taken for the program's.
constexpr std::string_view kRunsSource = R"python(exec(compile(r'''
def main(source, arguments, shows_last_value):
    import ast, linecache, sys, traceback
    scope = globals()
    del scope["main"]
    scope["__name__"], scope["__spec__"] = "__main__", None
    sys.argv = ["script.py", *arguments]
    lines = source.splitlines(keepends=True)
    linecache.cache["script.py"] = (len(source), None, lines, "script.py")
    try:
        tree = compile(source, "script.py", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        last = None
        if shows_last_value and tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Interactive([tree.body.pop()])
        exec(compile(tree, "script.py", "exec", dont_inherit=True), scope)
        if last is not None:
            exec(compile(last, "script.py", "single", dont_inherit=True), scope)
    except SystemExit as end:
        if end.code:
            raise
    except MemoryError:
        raise
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != "script.py":
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace)
        raise SystemExit(1) from None
    finally:
        import atexit, threading
        threading._shutdown()
        atexit._run_exitfuncs()
''', "<forkjail>", "exec")))python";

std::string array_of(std::span<const std::string> texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    if (json.size() > 1) json += ',';
    json::append_string(json, text);
  }
  return json + "]";
}

}  // namespace

void add_program(RequestBuilder& builder, const Program& program) {
  if (program.source.size() <= kScriptBytesMax && !program.shows_last_value) {
    builder.mode(protocol::RunMode::program);
    builder.script(program.source, program.name);
    if (!program.arguments.empty()) builder.argv(program.arguments);
    return;
  }
  builder.mode(protocol::RunMode::main);
  builder.script(kRunsSource, program.name);
  builder.args_json(ObjectText()
                        .text("source", program.source)
                        .json("arguments", array_of(program.arguments))
                        .boolean("shows_last_value", program.shows_last_value)
                        .take());
}

}  // namespace forkjail::server
