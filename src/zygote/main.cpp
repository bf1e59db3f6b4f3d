// forkjail-zygote: started inside the jail by nsjail, with the control socket on descriptor 3.
// Warms a Python interpreter once and then only clones it. Never reads a request.
//
// Order: it has the privileges that nsjail left it (root of a user namespace that owns nothing
// else); Python is started and the libraries are imported; the cells' filter is compiled; `ready`
// is sent.
#include <getopt.h>
#include <patchlevel.h>  // PY_MAJOR_VERSION, PY_MINOR_VERSION

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/unix_socket.h"
#include "protocol/full_level.h"
#include "protocol/warm_up.h"
#include "protocol/wire.h"
#include "protocol/zygote_channel.h"
#include "sandbox/memory_limit.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/syscall_policy.h"
#include "sandbox/zero_device.h"
#include "zygote/image_tricks.h"
#include "zygote/path_redirect.h"
#include "zygote/preload_files.h"
#include "zygote/python_host.h"
#include "zygote/serve_loop.h"
#include "zygote/zygote_user.h"

namespace forkjail::zygote {
namespace {

constexpr int kControlFd = 3;

struct Options {
  std::string root;  // prefix of the guest's paths; empty if the guest is the root
  uid_t user = 0;    // uid to change to; 0: already set by the jail
  std::vector<std::string> preload;
  protocol::WarmUp warm_up = protocol::WarmUp::whole;
  ImageTricks tricks;
  ServeOptions serve;
};

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto at = text.find(',');
    if (at != 0) parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  }
  return parts;
}

// For bench/cell_cost only: `names` of kImageTricks, by commas.
Status switch_off(ImageTricks& tricks, std::string_view names) {
  for (const std::string& name : split_commas(names)) {
    const auto* const row = std::ranges::find(kImageTricks, name, &TrickRow::name);
    if (row == kImageTricks.end()) {
      std::string known;
      for (const TrickRow& trick : kImageTricks) known.append(" ").append(trick.name);
      return Error{"options", EINVAL,
                   "--image-without: no technique is called '" + name + "'; there are:" + known};
    }
    tricks.*(row->on) = false;
  }
  return ok_status();
}

Result<Options> parse(int argc, char** argv) {
  constexpr std::array<option, 10> known{option{"root", required_argument, nullptr, 'r'},
                                         option{"user", required_argument, nullptr, 'u'},
                                         option{"layers", required_argument, nullptr, 'l'},
                                         option{"scratch-base", required_argument, nullptr, 's'},
                                         option{"preload", required_argument, nullptr, 'p'},
                                         option{"warm-up", required_argument, nullptr, 'm'},
                                         option{"image-without", required_argument, nullptr, 'i'},
                                         option{"fail-step", required_argument, nullptr, 'f'},
                                         option{"skip-step", required_argument, nullptr, 'k'},
                                         option{}};
  Options options;
  std::optional<protocol::OptionalLayers> layers;
  for (int found = 0; (found = ::getopt_long(argc, argv, "", known.data(), nullptr)) != -1;) {
    switch (found) {
      case 'r':
        options.root = optarg;
        break;
      case 'u':
        options.user = static_cast<uid_t>(std::strtoul(optarg, nullptr, 10));
        if (options.user == 0) return Error{"options", EINVAL, "--user must be a non-zero uid"};
        break;
      case 'l':
        layers = protocol::decode_optional_layers(optarg);
        break;
      case 's':
        options.serve.scratch_base = optarg;
        break;
      case 'p':
        options.preload = split_commas(optarg);
        break;
      case 'm': {
        const auto named = protocol::warm_up_named(optarg);
        if (!named) return Error{"options", EINVAL, "--warm-up must be none or whole"};
        options.warm_up = *named;
        break;
      }
      case 'i':
        if (auto status = switch_off(options.tricks, optarg); !status) return status.error();
        break;
      case 'f':
        options.serve.failing_step = optarg;
        break;
      case 'k':
        options.serve.skipped_step = optarg;
        break;
      default:
        return Error{"options", EINVAL, {}};
    }
  }
  if (!layers) return Error{"options", EINVAL, "--layers is missing or names an unknown layer"};
  options.serve.layers = *layers;
  using enum sandbox::FileRight;
  options.serve.files = {{options.root + "/usr", read_and_run},
                         {"/dev/null", read_write},
                         {sandbox::kZeroDevice, read_only},
                         {"/dev/urandom", read_write}};
  return options;
}

// The paths inside the guest's root, as scripts/make_guest_root.py creates them.
PythonPaths python_paths(const std::string& root) {
  const std::string stdlib = root + "/usr/lib/python" + std::to_string(PY_MAJOR_VERSION) + "." +
                             std::to_string(PY_MINOR_VERSION);
  return {.stdlib = stdlib,
          .lib_dynload = stdlib + "/lib-dynload",
          .site_packages = root + "/usr/lib/forkjail/site-packages",
          .runtime = root + "/usr/lib/forkjail/runtime"};
}

Result<PythonHost> start_python(const Options& options) {
  never_redirect(options.root);
  const auto files = PreloadFiles::begin(options.serve.layers, options.serve.scratch_base);
  if (!files) return files.error();
  return PythonHost::start(python_paths(options.root), options.preload, options.warm_up,
                           options.tricks);
}

seccomp::Policy policy_of(const protocol::OptionalLayers& layers) {
  if (layers.namespaces) return sandbox::cell_policy();
  return layers.own_uid ? sandbox::cell_policy_without_tmpfs()
                        : sandbox::cell_policy_of_shared_uid();
}

Result<CellFilters> compile_filters(const protocol::OptionalLayers& layers) {
  auto one_run = sandbox::compile_cell_filter(policy_of(layers));
  if (!one_run) return one_run.error();
  CellFilters filters{*std::move(one_run), std::nullopt};
  if (!protocol::is_full(layers)) return filters;  // sessions have no keeper
  auto sessions = sandbox::compile_session_filters();
  if (!sessions) return sessions.error();
  filters.sessions.emplace(*std::move(sessions));
  return filters;
}

Status run(int argc, char** argv, const UniqueFd& control) {
  const auto options = parse(argc, argv);
  if (!options) return options.error();
  if (!options->serve.layers.memory_cgroup) sandbox::spare_address_space();
  if (options->user != 0) {
    if (auto status = become_zygote_user(options->user); !status) return status;
  }
  auto host = start_python(*options);
  if (!host) return host.error();
  resolve_redirected_functions();
  const protocol::OptionalLayers& layers = options->serve.layers;
  if (layers.namespaces && !layers.memory_cgroup) {
    if (auto status = sandbox::close_zero_device(); !status) return status;
  }
  auto filters = compile_filters(layers);
  if (!filters) return filters.error();
  return serve(*host, *filters, control, options->serve);
}

// Reports the reason to the supervisor, which logs it for the operator.
void report_failure(const UniqueFd& control, const Error& error) {
  const protocol::ZygoteMessage message{.verb = protocol::ZygoteVerb::failed,
                                        .sys_errno = error.sys_errno};
  const std::string text = error.to_string();
  const auto told = send_packet(control.get(), protocol::with_text(message, text));
  if (!told) std::cerr << "forkjail-zygote: " << text << '\n';
}

}  // namespace
}  // namespace forkjail::zygote

int main(int argc, char** argv) {
  const forkjail::UniqueFd control(forkjail::zygote::kControlFd);
  const auto status = forkjail::zygote::run(argc, argv, control);
  if (status.ok()) return 0;
  forkjail::zygote::report_failure(control, status.error());
  return 1;
}
