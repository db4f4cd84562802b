#include "operator/base/clock.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace gyre {
namespace {

using std::chrono::duration_cast;

// What Go's durations can hold, and so all that other programs can read: 292 years.
constexpr double kLongestMs = 2562047.0 * 3'600'000;

struct CivilTime {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

CivilTime civil(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<std::chrono::milliseconds>(time - day)};
}

std::string format_seconds(const CivilTime& t) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(t.date.year()), unsigned(t.date.month()),
                     unsigned(t.date.day()), t.time.hours().count(), t.time.minutes().count(),
                     t.time.seconds().count());
}

std::optional<double> unit_in_ms(std::string_view unit) {
  if (unit == "ns") return 1e-6;
  if (unit == "us" || unit == "µs") return 1e-3;
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  return std::nullopt;
}

}  // namespace

Time SystemClock::now() const { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

std::string format_time(Time time) { return format_seconds(civil(time)) + "Z"; }

std::string format_micro_time(Time time) {
  const CivilTime t = civil(time);
  return fmt::format("{}.{:06}Z", format_seconds(t), t.time.subseconds().count() * 1000);
}

Result<Time> parse_time(std::string_view text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, consumed = 0;
  double s = 0;
  const std::string copy(text);
  const bool matched = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%n", &y, &mo, &d, &h, &mi, &s, &consumed) == 6;
  const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(mo), std::chrono::day(d)};
  if (!matched || !date.ok() || copy.substr(consumed) != "Z")
    return fail(Code::kInvalid, "InvalidTime",
                fmt::format("\"{}\" is not a time; write it as 2026-11-21T07:43:21Z", text));
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(h) + std::chrono::minutes(mi) +
         Duration(std::llround(s * 1000));
}

Result<Duration> parse_duration(std::string_view text) {
  const auto invalid = [&] {
    return fail(Code::kInvalid, "InvalidDuration",
                fmt::format("\"{}\" is not a duration; write it as 30s, 10m or 1h30m", text));
  };
  if (text == "0") return Duration(0);
  if (text.empty()) return invalid();
  double total = 0;
  for (std::string_view rest = text; !rest.empty();) {
    double value = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
    if (ec != std::errc() || value < 0) return invalid();
    rest.remove_prefix(end - rest.data());
    std::size_t length = 0;
    while (length < rest.size() && !std::isdigit(static_cast<unsigned char>(rest[length])) && rest[length] != '.')
      ++length;
    const auto factor = unit_in_ms(rest.substr(0, length));
    if (!factor) return invalid();
    total += value * *factor;
    rest.remove_prefix(length);
  }
  if (total > kLongestMs)
    return fail(Code::kInvalid, "InvalidDuration", fmt::format("\"{}\" is too long; write at most 2562047h", text));
  return Duration(std::llround(total));
}

std::string format_duration(Duration duration) {
  using namespace std::chrono;
  if (duration.count() == 0) return "0s";
  if (duration.count() % 1000 != 0) return fmt::format("{}ms", duration.count());
  const hh_mm_ss t{duration_cast<seconds>(duration)};
  std::string out;
  if (t.hours().count()) out += fmt::format("{}h", t.hours().count());
  if (t.minutes().count()) out += fmt::format("{}m", t.minutes().count());
  if (t.seconds().count()) out += fmt::format("{}s", t.seconds().count());
  return out;
}

}  // namespace gyre
