#include "operator/trace/exporter.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "operator/trace/otlp.h"

namespace gyre::trace {
namespace {

constexpr int kTries = 5;
constexpr Duration kFirstWait = std::chrono::seconds(1);
constexpr Duration kLongestWait = std::chrono::seconds(30);
constexpr Duration kLastWords = std::chrono::seconds(3);  // How long a batch may take once we are stopping.
constexpr std::size_t kLongestAnswer = 64 << 10;

struct Answer {
  long status = 0;  // 0: there was none.
  std::string body;
  Duration retry_after{};
};

std::size_t keep(char* bytes, std::size_t, std::size_t size, void* out) {
  auto* body = static_cast<std::string*>(out);
  body->append(bytes, std::min(size, kLongestAnswer - body->size()));
  return size;
}

Result<Answer> post(const Settings& settings, const std::string& body, Duration timeout) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_slist* lines = curl_slist_append(nullptr, "Content-Type: application/json");
  for (const auto& [name, value] : settings.headers)
    lines = curl_slist_append(lines, fmt::format("{}: {}", name, value).c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(lines, curl_slist_free_all);
  Answer answer;
  char why[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl.get(), CURLOPT_URL, settings.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, why);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  if (!settings.ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, settings.ca_file.c_str());
  const CURLcode done = curl_easy_perform(curl.get());
  if (done != CURLE_OK)
    return fail(Code::kUnavailable, "Unreachable",
                fmt::format("{}: {}", settings.url, *why != '\0' ? why : curl_easy_strerror(done)));
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  curl_off_t seconds = 0;
  if (curl_easy_getinfo(curl.get(), CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK)
    answer.retry_after = std::chrono::seconds(seconds);
  return answer;
}

// As OTLP says; whatever else was refused would be refused again.
bool may_be_tried_again(long status) { return status == 429 || (status >= 502 && status <= 504); }

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kExported:
      return "exported";
    case Outcome::kQueueFull:
      return "queue_full";
    case Outcome::kFailed:
      return "failed";
  }
  return "";
}

Exporter::Exporter(Settings settings, Count count, Warn warn)
    : settings_(std::move(settings)), count_(std::move(count)), warn_(std::move(warn)) {
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  set_recorder(this);
}

Exporter::~Exporter() {
  set_recorder(nullptr);
  thread_ = {};
}

// By the last 56 bits of the id, which are random (W3C Trace Context, level 2): every program decides alike.
bool Exporter::wants(std::string_view trace_id) {
  if (settings_.ratio >= 1) return true;
  const std::uint64_t number = std::stoull(std::string(trace_id.substr(18)), nullptr, 16);
  return static_cast<double>(number) >= std::ldexp(1 - settings_.ratio, 56) && settings_.ratio > 0;
}

void Exporter::record(Finished span) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < settings_.most_waiting) {
      waiting_.push_back(std::move(span));
      if (waiting_.size() == settings_.most_at_once) changed_.notify_all();
      return;
    }
  }
  count_(Outcome::kQueueFull, 1);
}

void Exporter::run(std::stop_token stop) {
  while (true) {
    const std::vector<Finished> spans = take(stop);
    const bool delivered = spans.empty() || deliver(spans, stop);
    if (!stop.stop_requested()) continue;
    const std::lock_guard lock(mutex_);
    // Who did not take the last batch will not take the next either, and nobody waits for that to end.
    if (!delivered && !waiting_.empty()) count_(Outcome::kFailed, static_cast<std::int64_t>(waiting_.size()));
    if (!delivered || waiting_.empty()) return;
  }
}

std::vector<Finished> Exporter::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, settings_.every, [this] { return waiting_.size() >= settings_.most_at_once; });
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), settings_.most_at_once));
  std::vector<Finished> out(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return out;
}

bool Exporter::deliver(const std::vector<Finished>& spans, std::stop_token stop) {
  const std::string body = to_otlp(settings_, spans);
  const auto size = static_cast<std::int64_t>(spans.size());
  Error last;
  for (int i = 0; i < kTries; ++i) {
    const bool is_last = stop.stop_requested();
    const Result<Answer> answer =
        post(settings_, body, is_last ? std::min(kLastWords, settings_.timeout) : settings_.timeout);
    if (answer && answer->status / 100 == 2) {
      const std::int64_t rejected = std::min(size, rejected_in(answer->body));
      if (rejected > 0) count_(Outcome::kFailed, rejected);
      count_(Outcome::kExported, size - rejected);
      return true;
    }
    last = answer ? Error{Code::kUnavailable,
                          "Refused",
                          fmt::format("{}: {} {}", settings_.url, answer->status, answer->body.substr(0, 200)),
                          {}}
                  : answer.error();
    if (is_last || (answer && !may_be_tried_again(answer->status))) break;
    const Duration asked = answer ? answer->retry_after : Duration::zero();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::min(kLongestWait, std::max(asked, kFirstWait * (1 << i))), [] { return false; });
  }
  count_(Outcome::kFailed, size);
  warn_(last);
  return false;
}

}  // namespace gyre::trace
