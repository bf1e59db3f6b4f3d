# With FORKJAIL_PRECOMPILE: the headers that most files of the server read are read once. Compiling
# with sanitizers takes a third less then. Not for what is shipped: there each file must include what
# it uses, which nobody would notice here.
option(FORKJAIL_PRECOMPILE "Precompile the headers that most files of the server read" OFF)
if(FORKJAIL_PRECOMPILE)
  find_package(Boost 1.81 REQUIRED COMPONENTS json)
  find_package(spdlog REQUIRED)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "")
  add_library(forkjail_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(forkjail_precompiled PRIVATE forkjail_options Boost::json spdlog::spdlog
                                                     Threads::Threads)
  target_precompile_headers(forkjail_precompiled PRIVATE
    <algorithm> <array> <chrono> <functional> <list> <map> <memory> <optional> <string>
    <string_view> <variant> <vector>
    <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/basic_stream_socket.hpp>
    <boost/asio/basic_waitable_timer.hpp> <boost/asio/co_spawn.hpp> <boost/asio/detached.hpp>
    <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp>
    <boost/asio/posix/basic_stream_descriptor.hpp> <boost/asio/post.hpp>
    <boost/asio/use_awaitable.hpp> <boost/beast/http/fields.hpp> <boost/json.hpp>)
endif()

# For targets that link what forkjail_precompiled links.
function(forkjail_precompiled target)
  if(FORKJAIL_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM forkjail_precompiled)
  endif()
endfunction()
