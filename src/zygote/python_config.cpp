#include "zygote/python_config.h"

#include <Python.h>

#include <clocale>
#include <string_view>

namespace forkjail::zygote {
namespace {

Error status_error(const PyStatus& status) {
  return Error{"start Python", 0, status.err_msg == nullptr ? "no reason given" : status.err_msg};
}

std::string parent_directory(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

PyStatus set_text(PyConfig& config, wchar_t** field, const std::string& text) {
  return PyConfig_SetBytesString(&config, field, text.c_str());
}

PyStatus append_search_path(PyConfig& config, const std::string& path) {
  if (path.empty()) return PyStatus_Ok();
  wchar_t* const wide = Py_DecodeLocale(path.c_str(), nullptr);
  if (wide == nullptr) return PyStatus_NoMemory();
  const PyStatus status = PyWideStringList_Append(&config.module_search_paths, wide);
  PyMem_RawFree(wide);
  return status;
}

// Everything for which CPython would otherwise search the disk.
PyStatus set_paths(PyConfig& config, const PythonPaths& paths) {
  const std::string prefix = parent_directory(parent_directory(paths.stdlib));
  config.pathconfig_warnings = 0;
  config.module_search_paths_set = 1;
  for (const std::string* path : {&paths.stdlib, &paths.lib_dynload, &paths.site_packages}) {
    const PyStatus status = append_search_path(config, *path);
    if (PyStatus_Exception(status)) return status;
  }
  for (wchar_t** field :
       {&config.prefix, &config.base_prefix, &config.exec_prefix, &config.base_exec_prefix}) {
    const PyStatus status = set_text(config, field, prefix);
    if (PyStatus_Exception(status)) return status;
  }
  // The jail contains no interpreter that could be started.
  for (wchar_t** field : {&config.executable, &config.base_executable}) {
    const PyStatus status = set_text(config, field, "");
    if (PyStatus_Exception(status)) return status;
  }
  return set_text(config, &config.stdlib_dir, paths.stdlib);
}

PyStatus preinitialize() {
  PyPreConfig config;
  PyPreConfig_InitIsolatedConfig(&config);
  config.utf8_mode = 1;
  return Py_PreInitialize(&config);
}

PyStatus configure(PyConfig& config, const PythonPaths& paths) {
  config.isolated = 1;
  config.use_environment = 0;
  config.site_import = 0;              // looks for .pth files; runtime/preload.py adds exit()
  config.write_bytecode = 0;           // the root is read-only
  config.install_signal_handlers = 1;  // as in any Python: SIGPIPE ignored, KeyboardInterrupt
  config.configure_c_stdio = 1;        // with the next: printf() of a C library is in the pipe
  config.buffered_stdio = 0;           //   at once, like print()
  config.use_frozen_modules = 0;       // else os.__file__ and its lines in tracebacks are missing
  config.use_hash_seed = 0;            // random: differs from one zygote to the next
  char name[] = "script.py";
  char* arguments[] = {name};
  const PyStatus status = PyConfig_SetBytesArgv(&config, 1, arguments);
  return PyStatus_Exception(status) ? status : set_paths(config, paths);
}

#ifdef FORKJAIL_PYTHON_WITHOUT_SHA2
constexpr bool kWithoutSha2 = true;
#else
constexpr bool kWithoutSha2 = false;
#endif

// Built-in modules that cannot work here (cmake/StaticPython.cmake) are removed from the table
// before Python reads it, so that importing them fails cleanly and their users take their
// fallbacks.
void leave_out_broken_modules() {
  if (!kWithoutSha2) return;
  _inittab* kept = PyImport_Inittab;
  for (_inittab* row = PyImport_Inittab; row->name != nullptr; ++row) {
    if (std::string_view(row->name) != "_sha2") *kept++ = *row;
  }
  *kept = {nullptr, nullptr};
}

}  // namespace

Status initialize_python(const PythonPaths& paths) {
  // This locale is built into glibc, so it needs no file. It is for C libraries: Python itself is
  // in its UTF-8 mode.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  leave_out_broken_modules();
  PyStatus status = preinitialize();
  if (PyStatus_Exception(status)) return status_error(status);
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  status = configure(config, paths);
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status)) return status_error(status);
  return ok_status();
}

}  // namespace forkjail::zygote
