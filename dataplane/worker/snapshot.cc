#include "dataplane/worker/snapshot.h"

#include <fmt/format.h>

#include <map>

#include "dataplane/worker/csv.h"
#include "dataplane/worker/manifest.h"
#include "operator/base/digest.h"

namespace gyre::worker {
namespace {

// Read once, so that what is counted is what is pinned, whoever appends meanwhile.
using Contents = std::map<std::string, std::string>;

Result<Contents> read_tables(const fs::path& from) {
  std::error_code ignored;
  Contents out;
  std::vector<std::string> paths = {from.filename().string()};
  const bool folder = fs::is_directory(from, ignored);
  if (folder) {
    Result<std::vector<std::string>> listed = list_files(from);
    if (!listed) return fail(std::move(listed).error());
    paths = std::move(*listed);
    std::erase_if(paths, [](const std::string& path) { return !path.ends_with(".csv"); });
  }
  for (const std::string& path : paths) {
    Result<std::string> text = read_file(folder ? from / path : from);
    if (!text) return fail(std::move(text).error());
    out[path] = std::move(*text);
  }
  return out;
}

Result<wire::SnapshotMessage> count(const Contents& contents, const SnapshotRequest& request) {
  wire::SnapshotMessage out{.uri = request.to_uri};
  std::vector<wire::ManifestFile> files;
  for (const auto& [path, text] : contents) {
    Result<Table> table = parse_csv(text, path);
    if (!table) return fail(std::move(table).error());
    const std::vector<std::string>* times = table->find(request.time_column);
    if (!times)
      return fail(
          Code::kInvalid, "NoTimeColumn",
          fmt::format("{} has no column \"{}\"; correct timeColumn, or add it to the file", path, request.time_column));
    for (std::size_t row = 0; row < times->size(); ++row) {
      const Result<Time> time = parse_time((*times)[row]);
      if (!time)
        return fail(Code::kInvalid, "BadTime",
                    fmt::format("{}: row {}: column {} is no RFC 3339 time such as 2026-11-21T07:43:21Z", path, row + 1,
                                request.time_column));
      out.rows_after += *time > request.after ? 1 : 0;
    }
    out.rows += static_cast<std::int64_t>(times->size());
    files.push_back({path, static_cast<std::int64_t>(text.size()), sha256_hex(text)});
  }
  out.digest = listing_digest(files);
  return out;
}

Result<wire::SnapshotMessage> existing(const SnapshotRequest& request) {
  Result<Contents> contents = read_tables(request.to);
  if (!contents) return fail(std::move(contents).error());
  Result<wire::SnapshotMessage> out = count(*contents, request);
  if (out) out->enough = true;
  return out;
}

}  // namespace

Result<wire::SnapshotMessage> take_snapshot(const SnapshotRequest& request) {
  std::error_code ignored;
  if (fs::is_directory(request.to, ignored)) return existing(request);
  Result<Contents> contents = read_tables(request.from);
  if (!contents) return fail(std::move(contents).error());
  Result<wire::SnapshotMessage> out = count(*contents, request);
  if (!out) return out;
  out->enough = out->rows_after >= request.min_rows && out->rows > 0;
  if (!out->enough) {
    out->uri.clear();
    out->digest.clear();
    return out;
  }
  Result<Staging> staging = Staging::make(request.to);
  if (!staging) return fail(std::move(staging).error());
  for (const auto& [path, text] : *contents)
    if (Result<> written = write_file(staging->folder() / path, text); !written) return fail(written.error());
  if (Result<> committed = staging->commit(); !committed) {
    if (committed.error().code == Code::kAlreadyExists) return existing(request);
    return fail(committed.error());
  }
  return out;
}

}  // namespace gyre::worker
