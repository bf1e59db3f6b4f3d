// The path of a route, matched against the path of a request. A segment is literal, or a parameter
// in braces: `{id}` takes one segment, `{path...}` the rest of the path as the last one.
//
// Literal segments are compared as they were sent. What a parameter takes is percent-decoded once,
// here, and refused where two readers could understand it differently: an invalid escape, invalid
// UTF-8, NUL, a `..` segment. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace forkjail::http {

struct PathParameter {
  std::string_view name;  // a constant of the pattern
  std::string value;      // decoded, not empty
};
using PathParameters = std::vector<PathParameter>;

enum class PathMatch : std::uint8_t {
  no,
  yes,
  invalid,  // the route's path, but a parameter cannot be taken
};

class PathPattern {
 public:
  // `text` is a constant, such as "/sessions/{id}/files/{path...}".
  explicit PathPattern(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool is_literal() const { return is_literal_; }
  // Fills `parameters` in the order of the pattern, if `path` matches.
  [[nodiscard]] PathMatch match(std::string_view path, PathParameters& parameters) const;

 private:
  enum class Kind : std::uint8_t { literal, segment, rest };
  struct Segment {
    Kind kind;
    std::string_view text;  // of a parameter its name
  };

  static Segment parse(std::string_view part);

  std::string_view text_;
  std::vector<Segment> segments_;
  bool is_literal_;
};

}  // namespace forkjail::http
