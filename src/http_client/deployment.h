// A running service somewhere, spoken to over HTTP.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http_client/header.h"
#include "http_client/url.h"

namespace forkjail::http_client {

class Transport;

struct Answer {
  unsigned status = 0;
  boost::json::value answer;  // null if the body is not JSON
  std::chrono::duration<double> elapsed{};
};

class Deployment {
 public:
  // `url` as parse_url() takes it. An https:// URL needs a transport for TLS; without one
  // it is an Error.
  static Result<Deployment> at(std::string_view url, std::chrono::milliseconds timeout,
                               std::vector<Header> headers = {},
                               std::shared_ptr<const Transport> tls = nullptr);

  // An Error when nothing answered in time. A body that is not JSON is a null answer.
  [[nodiscard]] Result<Answer> get(const std::string& path) const;
  [[nodiscard]] Result<Answer> post(const std::string& path, const boost::json::value& body) const;
  [[nodiscard]] Result<Answer> remove(const std::string& path) const;  // DELETE

  // Waits that many times as long as it was told to.
  void be_patient(double times) { patience_ = times; }

 private:
  Deployment(Url url, std::chrono::milliseconds timeout, std::vector<Header> headers,
             std::shared_ptr<const Transport> transport);

  enum class Method : std::uint8_t { get, post, remove };
  [[nodiscard]] Result<Answer> exchange(Method method, const std::string& path,
                                        std::string body) const;

  Url url_;
  std::chrono::milliseconds timeout_;
  double patience_ = 1;
  std::vector<Header> headers_;
  std::shared_ptr<const Transport> transport_;
};

}  // namespace forkjail::http_client
