#include "operator/runtime/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "operator/base/check.h"
#include "operator/runtime/process.h"

namespace gyre::runtime {
namespace {

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

// code="200",verb="get"
std::string render(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out += ',';
    out.append(name).append("=\"").append(escape(value)).append("\"");
  }
  return out;
}

std::string braces(const std::string& labels) { return labels.empty() ? "" : "{" + labels + "}"; }

}  // namespace

Metrics::Metrics() {
  for (const process::Figure& figure : process::kFigures) {
    const auto collect = [read = figure.read] { return std::vector<Sample>{{{}, read()}}; };
    if (figure.counts_up)
      collect_counter(figure.name, figure.help, collect);
    else
      collect_gauge(figure.name, figure.help, collect);
  }
}

void Metrics::declare_counter(const std::string& name, const std::string& help) {
  declare(name, Type::kCounter, help, {});
}

void Metrics::declare_gauge(const std::string& name, const std::string& help) { declare(name, Type::kGauge, help, {}); }

void Metrics::declare_histogram(const std::string& name, const std::string& help, std::vector<double> bounds) {
  CHECK(std::is_sorted(bounds.begin(), bounds.end()));
  declare(name, Type::kHistogram, help, std::move(bounds));
}

void Metrics::collect_counter(const std::string& name, const std::string& help, Collect collect) {
  declare_counter(name, help);
  before_text([this, name, collect = std::move(collect)] { replace(name, Type::kCounter, collect()); });
}

void Metrics::collect_gauge(const std::string& name, const std::string& help, Collect collect) {
  declare_gauge(name, help);
  before_text([this, name, collect = std::move(collect)] { replace(name, Type::kGauge, collect()); });
}

void Metrics::declare(const std::string& name, Type type, const std::string& help, std::vector<double> bounds) {
  const std::lock_guard lock(mutex_);
  const auto [family, fresh] = families_.try_emplace(name, Family{type, help, std::move(bounds), {}});
  CHECK(family->second.type == type);
}

void Metrics::replace(const std::string& name, Type type, const std::vector<Sample>& samples) {
  const std::lock_guard lock(mutex_);
  if (const auto family = families_.find(name); family != families_.end()) family->second.series.clear();
  for (const Sample& sample : samples) series_of(name, type, sample.labels).value = sample.value;
}

Metrics::Series& Metrics::series_of(const std::string& name, Type type, const Labels& labels) {
  const auto family = families_.find(name);
  CHECK(family != families_.end() && family->second.type == type);
  return family->second.series[render(labels)];
}

void Metrics::add(const std::string& name, const Labels& labels, double by) {
  const std::lock_guard lock(mutex_);
  series_of(name, Type::kCounter, labels).value += by;
}

void Metrics::set(const std::string& name, const Labels& labels, double value) {
  const std::lock_guard lock(mutex_);
  series_of(name, Type::kGauge, labels).value = value;
}

void Metrics::observe(const std::string& name, const Labels& labels, double value) {
  const std::lock_guard lock(mutex_);
  Series& series = series_of(name, Type::kHistogram, labels);
  const std::vector<double>& bounds = families_.at(name).bounds;
  series.counts.resize(bounds.size() + 1);
  ++series.counts[static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin())];
  series.value += value;
}

void Metrics::before_text(std::function<void()> report) {
  const std::lock_guard lock(mutex_);
  reports_.push_back(std::move(report));
}

double Metrics::value(const std::string& name, const Labels& labels) const {
  const std::lock_guard lock(mutex_);
  const auto family = families_.find(name);
  if (family == families_.end()) return 0;
  const auto series = family->second.series.find(render(labels));
  return series == family->second.series.end() ? 0 : series->second.value;
}

void Metrics::write_histogram(std::string& out, const std::string& name, const Family& family) {
  const auto to = std::back_inserter(out);
  for (const auto& [labels, series] : family.series) {
    const std::string before = labels.empty() ? "" : labels + ",";
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < series.counts.size(); ++i) {
      total += series.counts[i];
      const std::string bound = i < family.bounds.size() ? fmt::format("{}", family.bounds[i]) : "+Inf";
      fmt::format_to(to, "{}_bucket{{{}le=\"{}\"}} {}\n", name, before, bound, total);
    }
    fmt::format_to(to, "{0}_sum{1} {2}\n{0}_count{1} {3}\n", name, braces(labels), series.value, total);
  }
}

std::string Metrics::text() const {
  std::unique_lock lock(mutex_);
  const auto reports = reports_;
  lock.unlock();
  // Without the lock: they set values, and may hold locks of their own that are taken before ours.
  for (const auto& report : reports) report();
  lock.lock();
  std::string out;
  const auto to = std::back_inserter(out);
  for (const auto& [name, family] : families_) {
    const char* type = family.type == Type::kCounter ? "counter" : family.type == Type::kGauge ? "gauge" : "histogram";
    fmt::format_to(to, "# HELP {0} {1}\n# TYPE {0} {2}\n", name, family.help, type);
    if (family.type == Type::kHistogram) {
      write_histogram(out, name, family);
    } else {
      for (const auto& [labels, series] : family.series)
        fmt::format_to(to, "{}{} {}\n", name, braces(labels), series.value);
    }
  }
  return out;
}

}  // namespace gyre::runtime
