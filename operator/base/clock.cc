#include "operator/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "operator/base/utf8.h"

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

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `form` has d for a digit, and every other character as it is; the text may go on behind it.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == 'd' ? !is_digit(text[i]) : text[i] != form[i]) return false;
  return true;
}

int number(std::string_view digits, std::size_t at, std::size_t size) {
  int out = 0;
  for (const char c : digits.substr(at, size)) out = out * 10 + (c - '0');
  return out;
}

// ".5Z" is 500 thousandths; what is finer is dropped.
std::optional<int> parse_fraction(std::string_view text) {
  if (text.size() < 3 || text.size() > 11 || text.front() != '.' || text.back() != 'Z') return std::nullopt;
  const std::string_view digits = text.substr(1, text.size() - 2);
  if (!std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return number(std::string(digits) + "00", 0, 3);
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

Time MonotonicClock::now() const {
  return Time(duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

std::string format_time(Time time) { return format_seconds(civil(time)) + "Z"; }

std::string format_micro_time(Time time) {
  const CivilTime t = civil(time);
  return fmt::format("{}.{:06}Z", format_seconds(t), t.time.subseconds().count() * 1000);
}

Result<Time> parse_time(std::string_view text) {
  const auto invalid = [&] {
    return fail(Code::kInvalid, "InvalidTime",
                fmt::format("\"{}\" is not a time; write it as 2026-11-21T07:43:21Z", excerpt(text, 100)));
  };
  if (!has_form(text, "dddd-dd-ddTdd:dd:dd")) return invalid();
  const std::string_view rest = text.substr(19);
  const auto thousandths = rest == "Z" ? 0 : parse_fraction(rest);
  const std::chrono::year_month_day date{std::chrono::year(number(text, 0, 4)), std::chrono::month(number(text, 5, 2)),
                                         std::chrono::day(number(text, 8, 2))};
  const int hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
  if (!thousandths || !date.ok() || hour > 23 || minute > 59 || second > 59) return invalid();
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + Duration(*thousandths);
}

Result<Duration> parse_duration(std::string_view text) {
  const auto invalid = [&] {
    return fail(Code::kInvalid, "InvalidDuration",
                fmt::format("\"{}\" is not a duration; write it as 30s, 10m or 1h30m", excerpt(text, 100)));
  };
  if (text == "0") return Duration(0);
  if (text.empty()) return invalid();
  double total = 0;
  for (std::string_view rest = text; !rest.empty();) {
    if (!is_digit(rest.front()) && rest.front() != '.') return invalid();  // from_chars also reads inf and nan.
    double value = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
    if (ec != std::errc()) return invalid();
    rest.remove_prefix(end - rest.data());
    std::size_t length = 0;
    while (length < rest.size() && !is_digit(rest[length]) && rest[length] != '.') ++length;
    const auto factor = unit_in_ms(rest.substr(0, length));
    if (!factor) return invalid();
    total += value * *factor;
    rest.remove_prefix(length);
  }
  if (total > kLongestMs)
    return fail(Code::kInvalid, "InvalidDuration",
                fmt::format("\"{}\" is too long; write at most 2562047h", excerpt(text, 100)));
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
