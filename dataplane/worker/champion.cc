#include "dataplane/worker/champion.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataplane/net/http_client.h"
#include "dataplane/wire/routes.h"
#include "operator/base/utf8.h"

namespace gyre::worker {
namespace {

// Large enough to be quick, small enough for a server that limits its bodies.
constexpr std::size_t kRowsPerRequest = 64;

protocol::Row row_of(const Table& features, std::size_t row) {
  protocol::Row out;
  for (const std::vector<std::string>& column : features.columns) {
    const std::string& text = column[row];
    if (is_missing(text)) {
      out.emplace_back(std::monostate());
    } else if (const auto number = parse_number(text)) {
      out.emplace_back(*number);
    } else {
      out.emplace_back(text);
    }
  }
  return out;
}

std::unexpected<Error> unusable(const net::Request& request, std::string_view what) {
  return fail(Code::kUnavailable, "ChampionUnreachable", fmt::format("POST {}: {}", request.url, what));
}

Result<std::vector<std::string>> ask(net::HttpClient& client, const ChampionService& service,
                                     const protocol::Names& names, const std::vector<protocol::Row>& rows) {
  Result<protocol::Call> call = protocol::build_request(service.mapping, service.model, names, rows);
  if (!call) return fail(std::move(call).error());
  const net::Request request{.method = "POST",
                             .url = service.address + call->path,
                             .body = std::move(call->body),
                             .headers = {{"Content-Type", "application/json"}, {wire::kPinHeader, "stable"}}};
  const Result<net::Response> answer = client.send(request);
  if (!answer) return fail(with_context(answer.error(), "POST " + request.url));
  if (answer->status != 200)
    return unusable(request, fmt::format("answered {}: {}", answer->status, excerpt(answer->body, 300)));
  const auto predictions = protocol::parse_response(service.mapping, {"prediction"}, answer->body);
  if (!predictions) return unusable(request, predictions.error().message);
  if (predictions->size() != rows.size())
    return unusable(request, fmt::format("{} predictions for {} rows", predictions->size(), rows.size()));
  std::vector<std::string> out;
  for (const protocol::Row& row : *predictions) out.push_back(row.empty() ? "" : protocol::to_text(row.front()));
  return out;
}

}  // namespace

Result<std::vector<std::string>> ask_champion(const ChampionService& service, const Table& features) {
  net::HttpClient client(net::Options{});
  const std::size_t batch = std::min(kRowsPerRequest, protocol::max_rows(service.mapping));
  std::vector<std::string> out;
  while (out.size() < features.rows()) {
    std::vector<protocol::Row> rows;
    for (std::size_t i = out.size(); i < std::min(out.size() + batch, features.rows()); ++i)
      rows.push_back(row_of(features, i));
    Result<std::vector<std::string>> answers = ask(client, service, features.names, rows);
    if (!answers) return answers;
    out.insert(out.end(), answers->begin(), answers->end());
  }
  return out;
}

}  // namespace gyre::worker
