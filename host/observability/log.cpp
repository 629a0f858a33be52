// SPDX-License-Identifier: Apache-2.0
#include "host/observability/log.hpp"

#include <utility>

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include "host/observability/escape.hpp"
#include "host/observability/line_writer.hpp"

namespace gatehouse::host {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warning:
      return "warning";
    case LogLevel::Error:
      return "error";
  }
  return "error";
}

spdlog::level::level_enum sink_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

void append_member(std::string& line, std::string_view name, std::string_view value) {
  line += line.empty() ? "{\"" : ",\"";
  line += name;
  line += "\":\"";
  append_escaped(line, value, Escape::Json);
  line += '"';
}

void append_field(std::string& line, const LogField& field) {
  if (!field.is_number) return append_member(line, field.name, field.text);
  line += format(",\"{}\":{}", field.name, field.number);
}

void write_line(spdlog::sinks::sink& sink, const std::string& line) {
  sink.log(spdlog::details::log_msg("", spdlog::level::critical, spdlog::string_view_t(line)));
}

}  // namespace

class Logs::Source final : public Log {
 public:
  Source(Logs& logs, std::string name) : logs_(logs), name_(std::move(name)) {}
  void write(LogLevel level, std::string_view event, std::string_view text) override {
    logs_.write(name_, level, event, text, {});
  }
  void write_fields(LogLevel level,
                    std::string_view event,
                    std::string_view text,
                    std::span<const LogField> fields) override {
    logs_.write(name_, level, event, text, fields);
  }

 private:
  Logs& logs_;
  std::string name_;
};

Logs::Logs(LogOptions options, const Clock& clock, std::FILE* stream)
    : options_(std::move(options)),
      clock_(clock),
      sink_(std::make_shared<spdlog::sinks::stdout_sink_base<spdlog::details::console_mutex>>(
          stream)) {
  sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));  // lines come whole
  sink_->set_level(sink_level(options_.level));
}

Logs::~Logs() = default;

Log& Logs::of(std::string_view source) {
  const std::lock_guard lock(mutex_);
  auto found = sources_.find(source);
  if (found == sources_.end()) {
    std::string name(source);
    found = sources_.emplace(name, std::make_unique<Source>(*this, name)).first;
  }
  return *found->second;
}

void Logs::write(std::string_view source,
                 LogLevel level,
                 std::string_view event,
                 std::string_view text,
                 std::span<const LogField> fields) {
  if (!sink_->should_log(sink_level(level))) return;
  std::string line = compose(source, level, event, text, fields);
  if (LineWriter* behind = behind_.load(std::memory_order_acquire); behind != nullptr) {
    behind->add(std::move(line));
  } else {
    write_line(*sink_, line);
  }
}

void Logs::write_behind(std::function<void(std::size_t)> dropped) {
  writer_ = std::make_unique<LineWriter>(
      [sink = sink_](const std::string& line) { write_line(*sink, line); },
      [this, dropped = std::move(dropped)](std::size_t count) {
        dropped(count);
        write_line(*sink_,
                   compose("host",
                           LogLevel::Warning,
                           "log_dropped",
                           format("{} records are lost: nobody read the log fast enough", count),
                           {}));
      });
  behind_.store(writer_.get(), std::memory_order_release);
}

bool Logs::finish() {
  return !writer_ || writer_->finish(LineWriter::kPatience);
}

std::string Logs::compose(std::string_view source,
                          LogLevel level,
                          std::string_view event,
                          std::string_view text,
                          std::span<const LogField> fields) const {
  const std::string_view request =
      options_.current_request_id ? options_.current_request_id() : std::string_view();
  std::string line;
  line.reserve(160 + text.size());
  if (options_.shape == LogShape::Json) {
    append_member(line, "time", to_rfc3339(clock_.now()));
    append_member(line, "level", level_name(level));
    append_member(line, "source", source);
    append_member(line, "event", event);
    if (fields.empty()) append_member(line, "message", text);
    for (const LogField& field : fields) append_field(line, field);
    if (!request.empty()) append_member(line, "request_id", request);
    line += '}';
  } else {
    line = format("{} {} {} ", to_rfc3339(clock_.now()), level_name(level), source);
    append_escaped(line, event, Escape::Text);
    line += ": ";
    append_escaped(line, text, Escape::Text);
    if (!request.empty()) {
      line += " request_id=";
      append_escaped(line, request, Escape::Text);
    }
  }
  return line;
}

LogShape shape_for(std::FILE* stream) {
  return isatty(fileno(stream)) == 1 ? LogShape::Text : LogShape::Json;
}

}  // namespace gatehouse::host
