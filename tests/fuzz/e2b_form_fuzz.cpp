// Forms come from clients: whatever the bytes, the parts lie inside them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/compat/e2b_form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto read = forkjail::server::read_form(body);
  const auto* parts = std::get_if<std::vector<forkjail::server::FormPart>>(&read);
  if (parts == nullptr) return 0;
  std::size_t bytes = 0;
  for (const auto& part : *parts) {
    if (part.content.data() < body.data() ||
        part.content.data() + part.content.size() > body.data() + size) {
      std::abort();
    }
    bytes += part.content.size() + part.field.size() + part.file_name.size();
  }
  if (bytes > size) std::abort();
  return 0;
}
