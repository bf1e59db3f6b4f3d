# One interface target that every target of ours links: warnings, hardening, sanitizers.
add_library(forkjail_options INTERFACE)
target_compile_options(forkjail_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wundef -Werror
  -fstack-protector-strong)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(forkjail_options INTERFACE -fcf-protection=full)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_options(forkjail_options INTERFACE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS)
endif()
target_link_options(forkjail_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(FORKJAIL_SANITIZE)
  target_compile_options(forkjail_options INTERFACE
    -fsanitize=${FORKJAIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(forkjail_options INTERFACE -fsanitize=${FORKJAIL_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND
   (FORKJAIL_SANITIZE OR CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13))
  # GCC inlines one half of the pair by which Asio allocates and frees a coroutine's frame, and then
  # takes the pair for a mismatched one; GCC 12 without sanitizers does so in the rooms that
  # src/CMakeLists.txt names. The sanitizer itself watches such pairs as it runs.
  target_compile_options(forkjail_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-mismatched-new-delete>)
endif()
if(CMAKE_UNITY_BUILD)
  # A local name may be one in the anonymous namespace of a file that is joined with this one; and GCC
  # takes a joined file for a header, in which such a namespace would be a mistake. Builds that join
  # nothing, as the release build, look for both.
  target_compile_options(forkjail_options INTERFACE -Wno-shadow -Wno-subobject-linkage)
endif()
if(FORKJAIL_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not know fences; Asio's order nothing that its locks do not.
  target_compile_definitions(forkjail_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
