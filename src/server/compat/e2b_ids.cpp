#include "server/compat/e2b_ids.h"

#include "server/sessions/session_id.h"

namespace forkjail::server {
namespace {

constexpr std::size_t kSecretDigits = 32;

}  // namespace

std::string e2b_id_of_session(std::string_view session_id) {
  const auto dot = session_id.rfind('.');
  if (dot == std::string_view::npos) return std::string(session_id);
  std::string id(session_id.substr(dot + 1));
  id.append("-").append(session_id.substr(0, dot));
  return id;
}

std::optional<std::string> session_of_e2b_id(std::string_view id) {
  if (id.size() <= kSecretDigits || id[kSecretDigits] != '-') return std::nullopt;
  std::string session_id(id.substr(kSecretDigits + 1));
  session_id.append(".").append(id.substr(0, kSecretDigits));
  if (!instance_of(session_id)) return std::nullopt;
  return session_id;
}

Result<std::string> new_e2b_token() {
  auto id = new_session_id("t");
  if (!id) return id.error();
  return id->substr(id->rfind('.') + 1);
}

bool equal_tokens(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

}  // namespace forkjail::server
