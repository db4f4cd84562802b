#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gyre::runtime {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  Labels labels;
  double value = 0;
};

// A small Prometheus registry. Thread-safe. A family must be declared before it is used; series appear with their
// first value. Declaring a family twice with the same type is fine.
class Metrics {
 public:
  // Asked at each scrape, on its thread, for what something else knows anyway; it must be quick.
  using Collect = std::function<std::vector<Sample>()>;

  Metrics();

  void declare_counter(const std::string& name, const std::string& help);
  void declare_gauge(const std::string& name, const std::string& help);
  void declare_histogram(const std::string& name, const std::string& help, std::vector<double> bounds);
  // Families whose series are exactly what `collect` returned last; it must be callable for as long as `text` is.
  void collect_counter(const std::string& name, const std::string& help, Collect collect);
  void collect_gauge(const std::string& name, const std::string& help, Collect collect);

  void add(const std::string& name, const Labels& labels, double by = 1);
  void set(const std::string& name, const Labels& labels, double value);
  void observe(const std::string& name, const Labels& labels, double value);

  // `report` is called before every `text`, to set what is only worth working out then.
  // It must be callable for as long as `text` is.
  void before_text(std::function<void()> report);

  // The current value of one counter or gauge; 0 when it has none.
  double value(const std::string& name, const Labels& labels) const;
  // Text exposition format 0.0.4, with what Prometheus' own clients say of their process.
  std::string text() const;

 private:
  enum class Type { kCounter, kGauge, kHistogram };
  struct Series {
    double value = 0;  // Sum, for histograms.
    std::vector<std::uint64_t> counts;
  };
  struct Family {
    Type type = Type::kCounter;
    std::string help;
    std::vector<double> bounds;
    std::map<std::string, Series> series;  // By rendered labels.
  };

  void declare(const std::string& name, Type type, const std::string& help, std::vector<double> bounds);
  void replace(const std::string& name, Type type, const std::vector<Sample>& samples);
  Series& series_of(const std::string& name, Type type, const Labels& labels);
  static void write_histogram(std::string& out, const std::string& name, const Family& family);

  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;      // GUARDED_BY(mutex_)
  std::vector<std::function<void()>> reports_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
