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
# Code and constants in one piece, and it and the data at multiples of 2 MB: huge pages can take their
# place (src/zygote/library_mappings.h).
target_link_options(forkjail_static_python INTERFACE -no-pie -rdynamic
  -Wl,-z,noseparate-code -Wl,-z,max-page-size=0x200000)

# Debian 13's archive has the module _sha2 without the functions that it calls: they are left null, and
# the zygote leaves the module out (src/zygote/python_config.cpp). hashlib takes OpenSSL's.
execute_process(COMMAND ${CMAKE_NM} --defined-only ${FORKJAIL_PYTHON_ARCHIVE}
  OUTPUT_VARIABLE FORKJAIL_PYTHON_SYMBOLS ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(sha2 python_hashlib_Hacl_Hash_SHA2)
if(Python3_VERSION_MINOR GREATER_EQUAL 12 AND NOT FORKJAIL_PYTHON_SYMBOLS MATCHES "${sha2}_malloc_256")
  foreach(function malloc_224 malloc_256 malloc_384 malloc_512 copy_256 copy_512 update_256 update_512
          digest_256 digest_512 free_256 free_512)
    target_link_options(forkjail_static_python INTERFACE -Wl,--defsym=${sha2}_${function}=0)
  endforeach()
  target_compile_definitions(forkjail_zygote PRIVATE FORKJAIL_PYTHON_WITHOUT_SHA2)
endif()
