#include "dataplane/worker/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crds/schema/codec.h"
#include "dataplane/worker/manifest.h"
#include "dataplane/worker/message.h"
#include "dataplane/worker/profile.h"
#include "dataplane/worker/signature.h"
#include "dataplane/worker/trained_metrics.h"
#include "operator/base/digest.h"

namespace gyre::worker {
namespace {

constexpr std::string_view kCopied[] = {"evaluation.csv", "metrics.json", "predictions.csv", "signature.json"};

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Result<std::vector<std::string>> model_files(const fs::path& from) {
  std::error_code ignored;
  const std::string help = "the training must write its model into the folder model/ of GYRE_OUTPUT_DIR";
  if (!fs::is_directory(from / "model", ignored))
    return fail(Code::kInvalid, "NoModel", fmt::format("there is no folder model/; {}", help));
  Result<std::vector<std::string>> files = list_files(from / "model");
  if (files && files->empty())
    return fail(Code::kInvalid, "NoModel", fmt::format("the folder model/ is empty; {}", help));
  return files;
}

// The sealed baseline's text; empty when the training left nothing to make one from.
Result<std::string> baseline_of(const fs::path& from) {
  const bool made = is_file(from / "baseline.json");
  const fs::path path = from / (made ? "baseline.json" : "baseline.csv");
  if (!is_file(path)) return std::string();
  Result<std::string> text = read_file(path);
  if (!text) return text;
  if (!made) {
    const Result<Table> table = parse_csv(*text, "baseline.csv");
    if (!table) return fail(table.error());
    const Result<wire::Baseline> baseline = make_baseline(*table, kPredictionColumns);
    if (!baseline) return fail(with_context(baseline.error(), "baseline.csv"));
    return baseline_text(*baseline);
  }
  const auto parsed = schema::from_json<wire::Baseline>(nlohmann::json::parse(*text, nullptr, false));
  if (!parsed || parsed->version != wire::kBaselineVersion || text->size() > wire::kMaxBaselineBytes)
    return fail(Code::kInvalid, "BadBaseline",
                fmt::format("baseline.json is not of the format {} or larger than {} bytes; leave baseline.csv instead",
                            wire::kBaselineVersion, wire::kMaxBaselineBytes));
  return text;
}

Result<> add_text(const fs::path& folder, const char* name, const std::string& text, wire::Manifest& manifest) {
  if (Result<> written = write_file(folder / name, text); !written) return written;
  manifest.files.push_back({name, static_cast<std::int64_t>(text.size()), sha256_hex(text)});
  return {};
}

// A training that left no signature has the one that its baseline tells.
Result<> add_signature(const fs::path& from, const fs::path& folder, const std::string& baseline,
                       wire::Manifest& manifest) {
  if (is_file(from / "signature.json")) return {};
  const Result<wire::Baseline> parsed =
      schema::from_json<wire::Baseline>(nlohmann::json::parse(baseline, nullptr, false));
  if (!parsed) return fail(with_context(parsed.error(), "baseline.json"));
  return add_text(folder, "signature.json", format_signature(*parsed), manifest);
}

// Fills the staging folder; its manifest's text is what is returned.
Result<wire::Manifest> fill(const fs::path& from, const fs::path& folder) {
  Result<std::vector<std::string>> model = model_files(from);
  if (!model) return fail(std::move(model).error());
  wire::Manifest manifest{.format = guess_format(*model)};
  std::vector<std::string> paths;
  for (const std::string& path : *model) paths.push_back("model/" + path);
  for (const std::string_view name : kCopied)
    if (is_file(from / name)) paths.emplace_back(name);
  for (const std::string& path : paths) {
    Result<FileDigest> copied = copy_hashed(from / path, folder / path);
    if (!copied) return fail(std::move(copied).error());
    manifest.files.push_back({path, copied->size, copied->sha256});
  }
  Result<std::string> baseline = baseline_of(from);
  if (!baseline) return fail(std::move(baseline).error());
  if (!baseline->empty()) {
    if (Result<> added = add_text(folder, "baseline.json", *baseline, manifest); !added) return fail(added.error());
    if (Result<> added = add_signature(from, folder, *baseline, manifest); !added) return fail(added.error());
  }
  std::ranges::sort(manifest.files, {}, &wire::ManifestFile::path);
  return manifest;
}

std::string digest_in(const wire::Manifest& manifest, std::string_view path) {
  const auto found = std::ranges::find(manifest.files, path, &wire::ManifestFile::path);
  return found == manifest.files.end() ? std::string() : "sha256:" + found->sha256;
}

Result<wire::PublishMessage> describe_output(const fs::path& folder, const wire::Manifest& manifest) {
  wire::PublishMessage out;
  out.output.manifest_digest = sha256_digest(manifest_text(manifest));
  out.output.format = manifest.format;
  out.output.baseline_digest = digest_in(manifest, "baseline.json");
  out.output.predictions_digest = digest_in(manifest, "predictions.csv");
  out.output.evaluation_digest = digest_in(manifest, "evaluation.csv");
  out.output.signature_digest = digest_in(manifest, "signature.json");
  if (is_file(folder / "metrics.json")) {
    const Result<std::string> text = read_file(folder / "metrics.json");
    if (!text) return fail(text.error());
    auto metrics = parse_trained_metrics(*text);
    if (!metrics) return fail(std::move(metrics).error());
    out.metrics = std::move(*metrics);
  }
  for (const char* name : {"predictions.csv", "evaluation.csv"}) {
    if (!is_file(folder / name)) continue;
    const Result<std::string> text = read_file(folder / name);
    if (!text) return fail(text.error());
    const Result<Table> table = parse_csv(*text, name);
    if (!table) return fail(table.error());
    out.evaluation_rows = static_cast<std::int64_t>(table->rows());
  }
  return out;
}

// Somebody was here before: we ourselves, when the bytes are the same.
Result<> accept_existing(const fs::path& target, const std::string& digest, const std::string& uri) {
  if (Result<wire::Manifest> manifest = read_manifest(target, digest); manifest) return verify_files(target, *manifest);
  return fail(Code::kAlreadyExists, "AlreadyPublished",
              fmt::format("{} holds something else already; publish into a folder of its own", uri));
}

}  // namespace

Result<wire::PublishMessage> publish(const fs::path& from, const fs::path& target, const std::string& uri) {
  Result<Staging> staging = Staging::make(target);
  if (!staging) return fail(std::move(staging).error());
  Result<wire::Manifest> manifest = fill(from, staging->folder());
  if (!manifest) return fail(std::move(manifest).error());
  Result<wire::PublishMessage> out = describe_output(staging->folder(), *manifest);
  if (!out) return out;
  out->output.uri = uri;
  if (Result<> written = write_file(staging->folder() / kManifestFile, manifest_text(*manifest)); !written)
    return fail(written.error());
  Result<> committed = staging->commit();
  if (!committed && committed.error().code == Code::kAlreadyExists)
    committed = accept_existing(target, out->output.manifest_digest, uri);
  if (!committed) return fail(std::move(committed).error());
  return out;
}

std::string publish_text(wire::PublishMessage message) {
  while (true) {
    std::string out = schema::to_json(message).dump();
    if (out.size() <= kMaxMessageBytes || message.metrics.empty()) return out;
    message.metrics.pop_back();
  }
}

}  // namespace gyre::worker
