#include "attack_program/options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "attack_program/tls_transport.h"
#include "http_client/url.h"

namespace forkjail::attack {
namespace {

constexpr int kBadFlag = 2;

struct RawOptions {
  AttackOptions attack;
  std::vector<std::string> headers;
  std::string cases;
  unsigned timeout = 60;
  bool json = false;
  TlsOptions tls;
};

void add_choice_of_cases(CLI::App& app, RawOptions& raw) {
  auto* only = app.add_option("--only", raw.attack.only,
                              "only cases with this text in their name or numbers");
  auto* from_stdin = app.add_flag("--from-stdin", raw.attack.from_stdin,
                                  "run the cases whose names come on standard input, one per "
                                  "line, each as soon as its line arrives");
  auto* list = app.add_flag("--list", raw.attack.list, "run nothing: list the cases");
  from_stdin->excludes(only)->excludes(list);
}

void add_flags(CLI::App& app, RawOptions& raw) {
  app.name("forkjail attack");
  app.add_option("--url", raw.attack.url,
                 "the deployment: http[s]://HOST[:PORT][/PREFIX]; required unless --list");
  app.add_option("--header", raw.headers,
                 std::string("\"Name: value\" to send with each request; repeatable. "
                             "For secrets use the variable, one header per line: ") +
                     kHeadersVariable)
      ->allow_extra_args(false);
  app.add_option("--ca-file", raw.tls.ca_file, "CA certificates to trust instead of the system's")
      ->check(CLI::ExistingFile);
  app.add_flag("--insecure", raw.tls.insecure, "do not verify the certificate of an https:// URL");
  app.add_option("--timeout", raw.timeout, "seconds to wait for an answer")
      ->check(CLI::Range(1U, 3'600U))
      ->capture_default_str();
  app.add_option("--cases", raw.cases, "directory of the cases (default: as installed)")
      ->check(CLI::ExistingDirectory);
  app.add_option("--patience", raw.attack.patience,
                 "minimum factor for the time limits of each case; how slow the machine is, is "
                 "measured")
      ->check(CLI::Range(1U, 100U))
      ->capture_default_str();
  add_choice_of_cases(app, raw);
  app.add_flag("--in-sessions", raw.attack.in_sessions,
               "run each script in a new session instead of a cell of its own");
  app.add_flag("--json", raw.json,
               "write one JSON object per line: for each companion, each case, and a summary");
}

int complain(const Error& error) {
  std::cerr << error.to_string() << "\nRun with --help for more information.\n";
  return kBadFlag;
}

Status add_headers(RawOptions& raw, const char* of_environment) {
  auto headers = http_client::parse_header_fields(of_environment == nullptr ? "" : of_environment);
  if (!headers) return headers.error();
  for (const std::string& text : raw.headers) {
    auto header = http_client::parse_header_field(text);
    if (!header) return header.error();
    headers->push_back(*std::move(header));
  }
  raw.attack.headers = *std::move(headers);
  return ok_status();
}

Status add_tls(RawOptions& raw) {
  if (raw.attack.url.empty()) return Error{"--url is required", 0, {}};
  const auto url = http_client::parse_url(raw.attack.url);
  if (!url) return url.error();
  const bool asked_for = raw.tls.insecure || !raw.tls.ca_file.empty();
  if (!url->tls) {
    if (asked_for) return Error{"--ca-file and --insecure", 0, "need an https:// URL"};
    return ok_status();
  }
  auto transport = TlsTransport::make(raw.tls);
  if (!transport) return transport.error();
  raw.attack.tls = *std::move(transport);
  if (raw.tls.insecure)
    std::cerr << "--insecure: the certificate is not verified; the peer may be anyone\n";
  return ok_status();
}

}  // namespace

std::variant<AttackOptions, int> parse_options(int argc, const char* const* argv,
                                               const char* headers_of_environment) {
  CLI::App app("Runs hostile scripts against a deployment and reports which layers held.");
  RawOptions raw;
  add_flags(app, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadFlag;
  }
  raw.attack.timeout = std::chrono::seconds(raw.timeout);
  raw.attack.cases = raw.cases;
  raw.attack.format = raw.json ? ReportFormat::json : ReportFormat::text;
  if (raw.attack.list) return std::move(raw.attack);
  if (auto added = add_headers(raw, headers_of_environment); !added) {
    return complain(added.error());
  }
  if (auto added = add_tls(raw); !added) return complain(added.error());
  return std::move(raw.attack);
}

}  // namespace forkjail::attack
