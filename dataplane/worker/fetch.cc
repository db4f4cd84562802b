#include "dataplane/worker/fetch.h"

#include <fmt/format.h>

#include "dataplane/net/http_client.h"
#include "dataplane/wire/bucket.h"
#include "dataplane/worker/manifest.h"
#include "operator/base/digest.h"
#include "operator/base/utf8.h"

namespace gyre::worker {
namespace {

std::unexpected<Error> mismatch(std::string message) {
  return fail(Code::kMismatch, "DigestMismatch", std::move(message));
}

Result<std::string> copy_dataset(const fs::path& from, const fs::path& to) {
  std::error_code ignored;
  if (!fs::is_directory(from, ignored)) {
    Result<FileDigest> copied = copy_hashed(from, to / from.filename());
    if (!copied) return fail(std::move(copied).error());
    return "sha256:" + copied->sha256;
  }
  Result<std::vector<std::string>> paths = list_files(from);
  if (!paths) return fail(std::move(paths).error());
  if (paths->empty()) return fail(Code::kNotFound, "NoFiles", fmt::format("the folder {} is empty", from.string()));
  std::vector<wire::ManifestFile> files;
  for (const std::string& path : *paths) {
    Result<FileDigest> copied = copy_hashed(from / path, to / path);
    if (!copied) return fail(std::move(copied).error());
    files.push_back({path, copied->size, copied->sha256});
  }
  return listing_digest(files);
}

// Where a published file lands; nothing for those that serving has no use for.
std::optional<fs::path> destination(const std::string& path, const fs::path& to) {
  constexpr std::string_view kModel = "model/";
  if (path.starts_with(kModel)) return to / path.substr(kModel.size());
  if (path == "baseline.json" || path == "signature.json") return to / ".gyre" / path;
  return std::nullopt;
}

Result<> fetch_file(const fs::path& from, const wire::ManifestFile& file, const fs::path& to) {
  Result<FileDigest> copied = copy_hashed(from / file.path, to);
  if (!copied && copied.error().code == Code::kNotFound)
    return mismatch(fmt::format("{} is in the manifest and no longer there", file.path));
  if (!copied) return fail(std::move(copied).error());
  if (copied->sha256 == file.sha256) return {};
  // What failed must not be found by whoever starts next.
  std::error_code ignored;
  fs::remove(to, ignored);
  return mismatch(
      fmt::format("{} has digest sha256:{}, the manifest says sha256:{}", file.path, copied->sha256, file.sha256));
}

}  // namespace

Result<wire::FetchMessage> fetch_dataset(const fs::path& from, const fs::path& to, const std::string& digest) {
  Result<std::string> found = copy_dataset(from, to);
  if (!found) return fail(std::move(found).error());
  if (!digest.empty() && digest != *found)
    return mismatch(fmt::format("{} has digest {}, wanted is {}", from.string(), *found, digest));
  return wire::FetchMessage{.digest = std::move(*found)};
}

Result<wire::FetchMessage> fetch_model(const fs::path& from, const fs::path& to, const std::string& digest) {
  Result<wire::Manifest> manifest = read_manifest(from, digest);
  if (!manifest) return fail(std::move(manifest).error());
  for (const wire::ManifestFile& file : manifest->files)
    if (const auto where = destination(file.path, to))
      if (Result<> fetched = fetch_file(from, file, *where); !fetched) return fail(fetched.error());
  return wire::FetchMessage{.digest = digest};
}

Result<wire::FetchMessage> verify_model(const fs::path& from, const std::string& digest) {
  Result<wire::Manifest> manifest = read_manifest(from, digest);
  if (!manifest) return fail(std::move(manifest).error());
  if (Result<> verified = verify_files(from, *manifest); !verified) return fail(verified.error());
  return wire::FetchMessage{.digest = digest};
}

Result<> deliver_baseline(const fs::path& from, const BaselineDelivery& delivery) {
  Result<std::string> text = read_file(from / "baseline.json");
  if (!text) return fail(std::move(text).error());
  if (const std::string found = sha256_digest(*text); found != delivery.digest)
    return mismatch(fmt::format("baseline.json has digest {}, wanted is {}", found, delivery.digest));
  net::HttpClient client({delivery.ca_file, delivery.token_file});
  net::Request request{.method = "POST",
                       .url = delivery.collector + wire::kBaselinesPath + delivery.name,
                       .body = std::move(*text),
                       .headers = {{"Content-Type", "application/json"}}};
  Result<net::Response> answer = client.send(request);
  if (!answer) return fail(with_context(std::move(answer).error(), "hand the baseline to " + request.url));
  if (answer->status / 100 == 2) return {};
  return fail(
      Code::kUnavailable, "BaselineRefused",
      fmt::format("{} answered {} to the baseline: {}", request.url, answer->status, excerpt(answer->body, 300)));
}

}  // namespace gyre::worker
