// The answer to a request for a file of the page: its form by Accept-Encoding, 304 where the client
// has it, and the headers that keep a browser from running anything else. Pure.
#pragma once

#include "http/message.h"
#include "http/request_headers.h"
#include "server/page/page_files.h"

namespace forkjail::server {

[[nodiscard]] http::Response page_response(const PageFile& file,
                                           const http::RequestHeaders& headers);

}  // namespace forkjail::server
