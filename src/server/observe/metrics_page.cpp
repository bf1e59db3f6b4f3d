// One row for each metric, therefore longer than 350 lines.
#include "server/observe/metrics_page.h"

#include <prometheus/text_serializer.h>

#include <array>
#include <limits>
#include <vector>

#include "server/observe/syscall_names.h"

namespace forkjail::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;
using Samples = std::vector<ClientMetric>;
using Label = ClientMetric::Label;

Label label(std::string_view name, std::string_view value) {
  return {std::string(name), std::string(value)};
}

ClientMetric sample(double value, std::vector<Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;  // which of the two shows is the family's type
  metric.gauge.value = value;
  return metric;
}

template <typename Integer>
ClientMetric count_of(Integer value, std::vector<Label> labels = {}) {
  return sample(static_cast<double>(value), std::move(labels));
}

ClientMetric histogram_of(const SecondsHistogram& histogram) {
  ClientMetric metric;
  metric.histogram.sample_count = histogram.count();
  metric.histogram.sample_sum = histogram.sum_seconds();
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < SecondsHistogram::kBounds.size(); ++i) {
    below += histogram.buckets().at(i);
    metric.histogram.bucket.push_back({below, SecondsHistogram::kBounds.at(i)});
  }
  metric.histogram.bucket.push_back({histogram.count(), std::numeric_limits<double>::infinity()});
  return metric;
}

Samples runs(const MetricsSource& source) {
  Samples samples;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    samples.push_back(count_of(source.metrics.runs().at(i), {label("outcome", outcome_name(i))}));
  }
  return samples;
}

Samples cells(const MetricsSource& source) {
  Samples samples;
  for (const auto& row : protocol::kFlavours) {
    const CellShelf& shelf = source.pool.shelf(row.flavour);
    const CellCounts counts = shelf.counts();
    const bool is_used = shelf.offered() || counts.live() > 0;
    if (row.owner != protocol::kEverybody && !is_used) continue;
    for (const auto& [stage, count] :
         {std::pair{"making", counts.making}, std::pair{"parked", counts.parked},
          std::pair{"in_use", counts.in_use}, std::pair{"dying", counts.dying}}) {
      samples.push_back(count_of(count, {label("flavour", row.name), label("stage", stage)}));
    }
  }
  return samples;
}

double slots_used_ratio(const MetricsSource& source) {
  const auto slots = source.admission.config().running_max;
  return slots == 0 ? 1.0 : static_cast<double>(source.admission.running()) / slots;
}

// What was refused before a handler saw it counts with the others.
constexpr std::array kShortages{
    std::pair{http::Shortage::draining, Refusal::shutting_down},
    std::pair{http::Shortage::large_bodies, Refusal::large_bodies},
    std::pair{http::Shortage::connections, Refusal::connections},
};

Samples refusals(const MetricsSource& source) {
  Samples samples;
  for (const RefusalRow& row : kRefusals) {
    std::uint64_t count = source.metrics.refusals(row.refusal);
    for (const auto& [shortage, refusal] : kShortages) {
      if (refusal == row.refusal) count += source.http.refusals(shortage);
    }
    samples.push_back(count_of(count, {label("reason", row.name)}));
  }
  return samples;
}

Samples refused_syscalls(const MetricsSource& source) {
  Samples samples;
  std::uint64_t others = 0;
  for (const auto& [number, times] : source.metrics.refused_syscalls()) {
    const std::string name = name_of_syscall(number);
    if (number > Metrics::kSyscallNumberMax || name.empty()) {
      others += times;
    } else {
      samples.push_back(count_of(times, {label("syscall", name)}));
    }
  }
  samples.push_back(count_of(others, {label("syscall", "other")}));
  return samples;
}

Samples responses(const MetricsSource& source) {
  Samples samples;
  for (std::size_t i = 1; i < http::Counters::kStatusClasses; ++i) {  // no answer is 1xx
    samples.push_back(
        count_of(source.http.responses().at(i), {label("class", std::to_string(i + 1) + "xx")}));
  }
  return samples;
}

Samples gave_way(const MetricsSource& source) {
  Samples samples;
  for (const http::GaveWayRow& row : http::kGaveWay) {
    samples.push_back(
        count_of(source.connections.gave_way(row.reason), {label("shortage", row.name)}));
  }
  return samples;
}

Samples held_bytes(const MetricsSource& source) {
  return {count_of(source.connections.body_bytes(), {label("kind", "bodies")}),
          count_of(source.connections.answer_bytes(), {label("kind", "answers")})};
}

using KeyFigure = double (*)(const KeyCounts&);

Samples of_each_key(const MetricsSource& source, KeyFigure figure) {
  Samples samples;
  for (const auto& [name, counts] : source.keys.keys) {
    samples.push_back(sample(figure(counts), {label("key", name)}));
  }
  return samples;
}

Samples key_runs(const MetricsSource& source) {
  Samples samples;
  for (const auto& [name, counts] : source.keys.keys) {
    for (const auto& [outcome, count] :
         {std::pair{"ok", counts.runs_ok}, std::pair{"failed", counts.runs_failed},
          std::pair{"refused", counts.refused}, std::pair{"rate_limited", counts.rate_limited}}) {
      samples.push_back(count_of(count, {label("key", name), label("outcome", outcome)}));
    }
  }
  return samples;
}

Samples key_refusals(const MetricsSource& source) {
  Samples samples;
  for (const KeyRefusalRow& row : kKeyRefusals) {
    samples.push_back(count_of(source.keys.refusals.at(static_cast<std::size_t>(row.refusal)),
                               {label("reason", row.name)}));
  }
  return samples;
}

Samples key_reloads(const MetricsSource& source) {
  return {count_of(source.keys.reloads, {label("outcome", "ok")}),
          count_of(source.keys.reload_failures, {label("outcome", "failed")})};
}

Samples isolation_level(const MetricsSource& source) {
  using protocol::IsolationLevel;
  const auto& report = source.pool.zygote_report();
  Samples samples;
  for (const auto level : {IsolationLevel::full, IsolationLevel::fallback}) {
    const bool in_force = report && report->level == level;
    samples.push_back(sample(in_force ? 1 : 0, {label("level", name_of(level))}));
  }
  return samples;
}

Samples isolation_layers(const MetricsSource& source) {
  using protocol::LayerState;
  Samples samples;
  const auto& report = source.pool.zygote_report();
  if (!report) return samples;
  for (const protocol::Layer& layer : report->layers) {
    for (const auto state : {LayerState::on, LayerState::off, LayerState::not_needed}) {
      samples.push_back(sample(layer.state == state ? 1 : 0,
                               {label("layer", layer.name), label("state", name_of(state))}));
    }
  }
  return samples;
}

Samples sessions_ended(const MetricsSource& source) {
  const SessionCounts& counts = source.sessions.counts;
  Samples samples;
  for (const auto& [reason, count] :
       {std::pair{"deleted", counts.deleted}, std::pair{"expired", counts.expired},
        std::pair{"evicted", counts.evicted}, std::pair{"lost", counts.lost}}) {
    samples.push_back(count_of(count, {label("reason", reason)}));
  }
  return samples;
}

std::uint64_t zygote_restarts(const MetricsSource& source) {
  std::uint64_t restarts = 0;
  for (const std::uint64_t starts : source.metrics.zygote_starts().all) {
    if (starts > 0) restarts += starts - 1;
  }
  return restarts;
}

Samples tool_calls(const MetricsSource& source) {
  Samples samples;
  for (const auto& [tool, calls] : source.tools.calls()) {
    samples.push_back(count_of(calls.succeeded, {label("tool", tool), label("result", "ok")}));
    samples.push_back(count_of(calls.failed, {label("tool", tool), label("result", "error")}));
  }
  return samples;
}

// One row per metric. Units are the last word of a name before `total`.
struct MetricRow {
  std::string_view name;
  MetricType type;
  std::string_view help;
  Samples (*collect)(const MetricsSource&);
};

constexpr std::array kRows{
    MetricRow{"forkjail_runs_total", MetricType::Counter, "Finished runs by outcome", runs},
    MetricRow{
        "forkjail_run_duration_seconds", MetricType::Histogram,
        "Wall time of a run, from hand-over to its answer",
        [](const MetricsSource& source) { return Samples{histogram_of(source.metrics.wall())}; }},
    MetricRow{
        "forkjail_run_cpu_seconds", MetricType::Histogram, "CPU time of a run",
        [](const MetricsSource& source) { return Samples{histogram_of(source.metrics.cpu())}; }},
    MetricRow{
        "forkjail_run_queue_seconds", MetricType::Histogram,
        "Time that a complete request waited for a cell",
        [](const MetricsSource& source) { return Samples{histogram_of(source.metrics.queue())}; }},
    MetricRow{"forkjail_refusals_total", MetricType::Counter,
              "Valid requests answered with 503 or 429, by reason", refusals},
    MetricRow{"forkjail_refused_syscalls_total", MetricType::Counter,
              "Runs in which this system call was refused", refused_syscalls},
    MetricRow{"forkjail_mcp_tool_calls_total", MetricType::Counter,
              "Calls of tools over MCP by tool and result; an error is a successful answer of HTTP",
              tool_calls},
    MetricRow{"forkjail_http_responses_total", MetricType::Counter, "Answers by status class",
              responses},
    MetricRow{
        "forkjail_connections", MetricType::Gauge, "Open connections",
        [](const MetricsSource& source) { return Samples{count_of(source.connections.size())}; }},
    MetricRow{"forkjail_connections_gave_way_total", MetricType::Counter,
              "Connections closed to relieve a shortage, the longest waiting first, by shortage",
              gave_way},
    MetricRow{
        "forkjail_body_pauses_total", MetricType::Counter,
        "Pauses in reading large bodies of one caller while others send requests",
        [](const MetricsSource& source) { return Samples{count_of(source.http.body_pauses())}; }},
    MetricRow{"forkjail_held_bytes", MetricType::Gauge,
              "Bytes of request bodies and of unread answers held in memory", held_bytes},
    MetricRow{"forkjail_slots", MetricType::Gauge, "Maximum concurrent runs",
              [](const MetricsSource& source) {
                return Samples{count_of(source.admission.config().running_max)};
              }},
    MetricRow{
        "forkjail_slots_used", MetricType::Gauge, "Runs in progress",
        [](const MetricsSource& source) { return Samples{count_of(source.admission.running())}; }},
    MetricRow{
        "forkjail_slots_used_ratio", MetricType::Gauge,
        "forkjail_slots_used / forkjail_slots, for an autoscaler",
        [](const MetricsSource& source) { return Samples{sample(slots_used_ratio(source))}; }},
    MetricRow{
        "forkjail_queue_length", MetricType::Gauge, "Requests waiting for a cell",
        [](const MetricsSource& source) { return Samples{count_of(source.admission.queued())}; }},
    MetricRow{"forkjail_cells", MetricType::Gauge, "Live cells by flavour and stage", cells},
    MetricRow{"forkjail_cells_started_total", MetricType::Counter, "Cells cloned",
              [](const MetricsSource& source) {
                return Samples{count_of(source.pool.counts().started)};
              }},
    MetricRow{
        "forkjail_cells_failed_total", MetricType::Counter,
        "Cells that could not be made or died before they got a script",
        [](const MetricsSource& source) { return Samples{count_of(source.pool.counts().failed)}; }},
    MetricRow{
        "forkjail_zygote_restarts_total", MetricType::Counter, "Zygotes replaced",
        [](const MetricsSource& source) { return Samples{count_of(zygote_restarts(source))}; }},
    MetricRow{"forkjail_zygote_failures_total", MetricType::Counter,
              "Zygotes that failed to start, failed the proof of their isolation, or died",
              [](const MetricsSource& source) {
                return Samples{count_of(source.pool.counts().zygote_failures)};
              }},
    MetricRow{
        "forkjail_log_lines_dropped_total", MetricType::Counter,
        "Lines of the server's log dropped because they were not read in time",
        [](const MetricsSource& source) { return Samples{count_of(source.log_lines_dropped)}; }},
    MetricRow{
        "forkjail_audit_lines_dropped_total", MetricType::Counter,
        "Lines of the audit log dropped because they were not read in time",
        [](const MetricsSource& source) { return Samples{count_of(source.audit_lines_dropped)}; }},
    MetricRow{"forkjail_scratch_removal_failures_total", MetricType::Counter,
              "Failed attempts to remove the files of a finished run",
              [](const MetricsSource& source) {
                return Samples{count_of(source.pool.removal_failures())};
              }},
    MetricRow{"forkjail_sessions", MetricType::Gauge, "Live sessions",
              [](const MetricsSource& source) { return Samples{count_of(source.sessions.live)}; }},
    MetricRow{
        "forkjail_sessions_max", MetricType::Gauge, "Maximum live sessions",
        [](const MetricsSource& source) { return Samples{count_of(source.sessions.live_max)}; }},
    MetricRow{
        "forkjail_session_states", MetricType::Gauge, "States of the live sessions",
        [](const MetricsSource& source) { return Samples{count_of(source.sessions.states)}; }},
    MetricRow{"forkjail_sessions_created_total", MetricType::Counter, "Sessions made",
              [](const MetricsSource& source) {
                return Samples{count_of(source.sessions.counts.created)};
              }},
    MetricRow{"forkjail_sessions_ended_total", MetricType::Counter, "Sessions ended, by reason",
              sessions_ended},
    MetricRow{"forkjail_session_rollbacks_total", MetricType::Counter,
              "Runs in sessions after which the session was back at the state before",
              [](const MetricsSource& source) {
                return Samples{count_of(source.sessions.counts.rolled_back)};
              }},
    MetricRow{"forkjail_session_threads_ended_total", MetricType::Counter,
              "Sessions put back to their last state because threads computed on between runs",
              [](const MetricsSource& source) {
                return Samples{count_of(source.sessions.counts.went_back)};
              }},
    MetricRow{"forkjail_session_states_not_kept_total", MetricType::Counter,
              "States that could not be kept",
              [](const MetricsSource& source) {
                return Samples{count_of(source.sessions.counts.not_kept)};
              }},
    MetricRow{"forkjail_session_checkpoint_seconds", MetricType::Histogram,
              "Time from the end of a run until its state was kept",
              [](const MetricsSource& source) {
                return Samples{histogram_of(source.sessions.counts.keeping)};
              }},
    MetricRow{"forkjail_key_runs_total", MetricType::Counter, "Requests to run a script, by key",
              key_runs},
    MetricRow{"forkjail_key_cpu_seconds_total", MetricType::Counter, "CPU time of runs, by key",
              [](const MetricsSource& source) {
                return of_each_key(source, [](const KeyCounts& c) { return c.cpu_seconds; });
              }},
    MetricRow{"forkjail_key_memory_mb_seconds_total", MetricType::Counter,
              "Wall time of runs times the memory that they may have, by key",
              [](const MetricsSource& source) {
                return of_each_key(source, [](const KeyCounts& c) { return c.memory_mb_seconds; });
              }},
    MetricRow{"forkjail_key_answer_bytes_total", MetricType::Counter, "Bytes of answers, by key",
              [](const MetricsSource& source) {
                return of_each_key(
                    source, [](const KeyCounts& c) { return static_cast<double>(c.answer_bytes); });
              }},
    MetricRow{"forkjail_key_refusals_total", MetricType::Counter,
              "Requests that no key let in, by reason", key_refusals},
    MetricRow{"forkjail_key_reloads_total", MetricType::Counter,
              "Times that the file of keys was read again, by outcome", key_reloads},
    MetricRow{"forkjail_isolation_level", MetricType::Gauge, "1 for the isolation level in force",
              isolation_level},
    MetricRow{"forkjail_isolation_layer", MetricType::Gauge,
              "1 for the current state of each isolation layer", isolation_layers},
    MetricRow{"forkjail_ready", MetricType::Gauge, "1 when scripts can be run",
              [](const MetricsSource& source) { return Samples{sample(source.ready ? 1 : 0)}; }},
    MetricRow{"forkjail_build_info", MetricType::Gauge, "Always 1; the version is its label",
              [](const MetricsSource& source) {
                return Samples{sample(1, {label("version", source.version)})};
              }},
};

}  // namespace

std::string metrics_page(const MetricsSource& source) {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(kRows.size());
  for (const MetricRow& row : kRows) {
    families.push_back(
        {std::string(row.name), std::string(row.help), row.type, row.collect(source)});
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace forkjail::server
