#include "dataplane/worker/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crds/schema/codec.h"
#include "operator/base/digest.h"
#include "operator/base/text.h"

namespace gyre::worker {
namespace {

std::unexpected<Error> mismatch(std::string message) {
  return fail(Code::kMismatch, "DigestMismatch", std::move(message));
}

bool is_inside(const std::string& path) {
  const std::vector<std::string> parts = split(path, '/');
  return !path.empty() && std::ranges::none_of(parts, [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
}

}  // namespace

std::string listing_digest(const std::vector<wire::ManifestFile>& files) {
  std::string listing;
  for (const wire::ManifestFile& file : files) listing += fmt::format("{}  {}\n", file.sha256, file.path);
  return sha256_digest(listing);
}

std::string manifest_text(const wire::Manifest& manifest) { return schema::to_json(manifest).dump(1) + "\n"; }

Result<wire::Manifest> read_manifest(const fs::path& folder, const std::string& digest) {
  const fs::path path = folder / kManifestFile;
  Result<std::string> text = read_file(path);
  if (!text) return fail(with_context(std::move(text).error(), "no model was published there"));
  const std::string found = sha256_digest(*text);
  if (found != digest)
    return mismatch(fmt::format("{} has digest {}, wanted is {}: it was changed after it was published", path.string(),
                                found, digest));
  auto manifest = schema::from_json<wire::Manifest>(nlohmann::json::parse(*text, nullptr, false));
  if (!manifest) return fail(with_context(std::move(manifest).error(), path.string()));
  if (manifest->version != wire::kManifestVersion)
    return fail(Code::kInvalid, "BadManifest",
                fmt::format("{} is of version \"{}\"; this worker reads {}", path.string(), manifest->version,
                            wire::kManifestVersion));
  for (const wire::ManifestFile& file : manifest->files)
    if (!is_inside(file.path))
      return fail(Code::kInvalid, "BadManifest",
                  fmt::format("{} lists \"{}\", which is not below its folder", path.string(), file.path));
  return std::move(*manifest);
}

Result<> verify_file(const fs::path& folder, const wire::ManifestFile& file) {
  Result<FileDigest> found = hash_file(folder / file.path);
  if (!found && found.error().code == Code::kNotFound)
    return mismatch(fmt::format("{} is in the manifest and no longer there", file.path));
  if (!found) return fail(std::move(found).error());
  if (found->size != file.size)
    return mismatch(fmt::format("{} has {} bytes, the manifest says {}", file.path, found->size, file.size));
  if (found->sha256 != file.sha256)
    return mismatch(
        fmt::format("{} has digest sha256:{}, the manifest says sha256:{}", file.path, found->sha256, file.sha256));
  return {};
}

Result<> verify_files(const fs::path& folder, const wire::Manifest& manifest) {
  for (const wire::ManifestFile& file : manifest.files)
    if (Result<> verified = verify_file(folder, file); !verified) return verified;
  return {};
}

std::string guess_format(const std::vector<std::string>& paths) {
  struct Sign {
    std::string_view ending;
    std::string_view format;
  };
  // In this order: an MLflow folder holds files of the other formats.
  constexpr Sign kSigns[] = {{"MLmodel", "mlflow"},  {".onnx", "onnx"},           {".pt", "pytorch"},
                             {".pth", "pytorch"},    {".safetensors", "pytorch"}, {".ubj", "xgboost"},
                             {".xgb", "xgboost"},    {".bst", "xgboost"},         {".lgb", "lightgbm"},
                             {".joblib", "sklearn"}, {".pkl", "sklearn"},         {".pickle", "sklearn"}};
  for (const Sign& sign : kSigns)
    if (std::ranges::any_of(paths, [&](const std::string& path) { return path.ends_with(sign.ending); }))
      return std::string(sign.format);
  return "custom";
}

}  // namespace gyre::worker
