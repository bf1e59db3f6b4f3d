#include "http_client/deployment.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>
#include <exception>

#include "base/limits.h"
#include "http_client/transport.h"

namespace forkjail::http_client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// A value, two outputs and files, with every byte escaped, and the rest: few answers are larger.
constexpr std::size_t kAnswerBytesMax = 64 * kMiB;

boost::json::value parse_or_null(std::string_view text) {
  boost::system::error_code ec;
  boost::json::value value = boost::json::parse(text, ec);
  if (ec) return {};
  return value;
}

}  // namespace

Deployment::Deployment(Url url, std::chrono::milliseconds timeout, std::vector<Header> headers,
                       std::shared_ptr<const Transport> transport)
    : url_(std::move(url)),
      timeout_(timeout),
      headers_(std::move(headers)),
      transport_(std::move(transport)) {}

Result<Deployment> Deployment::at(std::string_view url, std::chrono::milliseconds timeout,
                                  std::vector<Header> headers,
                                  std::shared_ptr<const Transport> tls) {
  auto parsed = parse_url(url);
  if (!parsed) return parsed.error();
  std::shared_ptr<const Transport> transport = std::move(tls);
  if (!parsed->tls) transport = std::make_shared<PlainTransport>();
  if (transport == nullptr) return Error{"--url", 0, "https:// is not supported here"};
  return Deployment(*std::move(parsed), timeout, std::move(headers), std::move(transport));
}

Result<Answer> Deployment::get(const std::string& path) const {
  return exchange(Method::get, path, {});
}

Result<Answer> Deployment::post(const std::string& path, const boost::json::value& body) const {
  return exchange(Method::post, path, boost::json::serialize(body));
}

Result<Answer> Deployment::remove(const std::string& path) const {
  return exchange(Method::remove, path, {});
}

Result<Answer> Deployment::exchange(Method method, const std::string& path,
                                    std::string body) const {
  constexpr std::array kVerbs{http::verb::get, http::verb::post, http::verb::delete_};
  HttpRequest request(kVerbs.at(static_cast<std::size_t>(method)), url_.prefix + path, 11,
                      std::move(body));
  request.set(http::field::host, host_header(url_));
  for (const Header& header : headers_) request.set(header.name, header.value);
  request.set(http::field::connection, "close");
  if (method == Method::post) request.set(http::field::content_type, "application/json");
  request.prepare_payload();

  HttpParser parser;
  parser.body_limit(kAnswerBytesMax);
  asio::io_context loop(1);
  std::exception_ptr thrown;
  const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout_ * patience_);
  const auto started = std::chrono::steady_clock::now();
  asio::co_spawn(loop, transport_->exchange(url_, timeout, request, parser),
                 [&](std::exception_ptr exception) { thrown = std::move(exception); });
  loop.run();
  const std::string step = "ask " + url_.host + ":" + url_.port;
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::beast::error::timeout) return Error{step, 0, error.what()};
    return Error{step, 0, "no answer within " + std::to_string(timeout.count() / 1'000) + " s"};
  } catch (const std::exception& exception) {
    return Error{step, 0, exception.what()};
  }
  return Answer{parser.get().result_int(), parse_or_null(parser.get().body()),
                std::chrono::steady_clock::now() - started};
}

}  // namespace forkjail::http_client
