#include "http/request_headers.h"

#include <algorithm>

#include "base/enum_rows.h"

namespace forkjail::http {

static_assert(rows_in_order(kRequestHeaders, &RequestHeaderRow::header));

RequestHeaders::RequestHeaders(const boost::beast::http::fields& fields) {
  for (const RequestHeaderRow& row : kRequestHeaders) {
    std::string& joined = values_.at(static_cast<std::size_t>(row.header));
    const auto [first, last] = fields.equal_range(row.name);
    for (auto field = first; field != last; ++field) {
      if (field != first) joined.append(", ");
      joined.append(field->value());
    }
  }
}

std::optional<std::string_view> repeated_header(const boost::beast::http::fields& fields) {
  const auto* const row = std::ranges::find_if(kRequestHeaders, [&](const RequestHeaderRow& each) {
    return !each.joins && fields.count(each.name) > 1;
  });
  return row == kRequestHeaders.end() ? std::nullopt : std::optional(row->name);
}

}  // namespace forkjail::http
