// A running service somewhere, spoken to over plain HTTP. One connection a request: what an attack
// does to a connection must not meet the next one.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "attack/expectation.h"
#include "base/result.h"

namespace forkjail::attack {

class Deployment {
 public:
  // `url` as http://HOST[:PORT]; no other scheme.
  static Result<Deployment> at(std::string_view url, std::chrono::seconds timeout);

  // An Error when nothing answered in time. A body that is no JSON is a null answer.
  [[nodiscard]] Result<Observed> get(const std::string& path) const;
  [[nodiscard]] Result<Observed> post(const std::string& path,
                                      const boost::json::value& body) const;

 private:
  Deployment(std::string host, std::string port, std::chrono::seconds timeout)
      : host_(std::move(host)), port_(std::move(port)), timeout_(timeout) {}

  [[nodiscard]] Result<Observed> exchange(bool is_post, const std::string& path,
                                          std::string body) const;

  std::string host_;
  std::string port_;
  std::chrono::seconds timeout_;
};

}  // namespace forkjail::attack
