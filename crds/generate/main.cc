// gyre-crds OUT_MANIFESTS OUT_REFERENCE: writes the CRDs and their reference pages.

#include <fmt/format.h>

#include <fstream>

#include "crds/generate/manifest.h"
#include "crds/generate/reference.h"
#include "crds/v1alpha1/kinds.h"

namespace gyre {
namespace {

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) fmt::print(stderr, "{}: cannot be written\n", path);
  return file.good();
}

template <class T>
bool generate(const std::string& manifests, const std::string& reference) {
  constexpr Kind kind = kind_of(Type<T>{});
  const schema::CrdInfo info = crd_info(Type<T>{});
  const schema::OrderedJson schema = kind_schema<T>();
  return write_file(fmt::format("{}/{}.yaml", manifests, kind.plural), crd_yaml(kind, info, schema)) &&
         write_file(fmt::format("{}/{}.md", reference, kind.plural), reference_page(kind, info, schema));
}

}  // namespace
}  // namespace gyre

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: gyre-crds MANIFESTS_FOLDER REFERENCE_FOLDER\n");
    return 2;
  }
  bool ok = true;
  gyre::for_each_kind([&]<class T>(gyre::Type<T>) { ok = gyre::generate<T>(argv[1], argv[2]) && ok; });
  return ok ? 0 : 1;
}
