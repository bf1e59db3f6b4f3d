# The distribution's own CPython, linked statically into the zygote: its interpreter loop runs a
# fifth to a third faster than through the shared library (docs/decisions). -rdynamic, because
# extension modules (numpy, lib-dynload) find the C API in the executable.
find_library(FORKJAIL_PYTHON_ARCHIVE
  NAMES libpython${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}.a
  PATHS /usr/lib/python${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}/config-${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}-${CMAKE_LIBRARY_ARCHITECTURE}
        /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}
  NO_DEFAULT_PATH REQUIRED)
add_library(forkjail_static_python INTERFACE)
target_link_libraries(forkjail_static_python INTERFACE
  -Wl,--whole-archive ${FORKJAIL_PYTHON_ARCHIVE} -Wl,--no-whole-archive
  -lexpat -lz -ldl -lm -lutil Threads::Threads)
target_link_options(forkjail_static_python INTERFACE -no-pie -rdynamic)
