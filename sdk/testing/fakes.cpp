// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gatehouse/testing/fakes.hpp>

namespace gatehouse::testing {

Time FakeClock::now() const {
  return Time(std::chrono::microseconds(microseconds_.load()));
}
void FakeClock::advance(std::chrono::microseconds by) {
  microseconds_ += by.count();
}

void RecordedLog::write(LogLevel level, std::string_view event, std::string_view text) {
  write_fields(level, event, text, {});
}

void RecordedLog::write_fields(LogLevel level,
                               std::string_view event,
                               std::string_view text,
                               std::span<const LogField> fields) {
  Record record{level, std::string(event), std::string(text)};
  for (const LogField& field : fields) {
    record.fields.emplace_back(
        field.name, field.is_number ? std::to_string(field.number) : std::string(field.text));
  }
  const std::lock_guard lock(mutex_);
  records_.push_back(std::move(record));
}

std::vector<RecordedLog::Record> RecordedLog::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

int RecordedLog::count(std::string_view event) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(
      records_.begin(), records_.end(), [&](const Record& r) { return r.event == event; }));
}

void RecordedMetrics::Value::add(double amount) {
  double before = value_;
  while (!value_.compare_exchange_weak(before, before + amount)) {
  }
}

RecordedMetrics::Value& RecordedMetrics::find(std::string_view name,
                                              std::span<const Label> labels) {
  std::string key(name);
  for (const auto& [label, value] : labels) {
    key += key.size() == name.size() ? "{" : ",";
    key.append(label).append("=\"").append(value).append("\"");
  }
  if (!labels.empty()) key += "}";
  const std::lock_guard lock(mutex_);
  return values_[key];
}

Counter& RecordedMetrics::counter(std::string_view name,
                                  std::string_view,
                                  std::span<const Label> labels) {
  return find(name, labels);
}
Gauge& RecordedMetrics::gauge(std::string_view name,
                              std::string_view,
                              std::span<const Label> labels) {
  return find(name, labels);
}
Histogram& RecordedMetrics::histogram(std::string_view name,
                                      std::string_view,
                                      std::span<const Label> labels,
                                      std::span<const double>) {
  return find(name, labels);
}

double RecordedMetrics::value(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = values_.find(name);
  return found == values_.end() ? 0 : found->second.value();
}

}  // namespace gatehouse::testing
