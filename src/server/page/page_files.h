// The files of the page, as web/build.mjs made them: part of the binary, so that the server, which
// can open no file, has them. None where the build had no Node.js.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace forkjail::server {

enum class Caching : std::uint8_t {
  immutable,   // its path has its digest: what is there never changes
  revalidate,  // asked for anew each time, answered with 304 where it is the same
};

struct PageFile {
  std::string_view path;  // of the request
  std::string_view name;  // whose suffix is its type
  std::string_view digest;
  Caching caching;
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
};

[[nodiscard]] std::span<const PageFile> page_files();

}  // namespace forkjail::server
