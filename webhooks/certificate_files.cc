#include "webhooks/certificate_files.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "webhooks/x509.h"

namespace gyre::webhooks {
namespace {

Result<std::string> read(const std::string& folder, const char* name) {
  const std::string file = folder + "/" + name;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  if (in) out << in.rdbuf();
  if (!in || out.view().empty())
    return fail(Code::kUnavailable, "NoCertificates", fmt::format("{} cannot be read, or is empty", file));
  return std::move(out).str();
}

}  // namespace

Result<CertificateFiles> read_certificate_files(const std::string& folder) {
  Result<std::string> certificate = read(folder, "tls.crt");
  if (!certificate) return fail(certificate.error());
  Result<std::string> key = read(folder, "tls.key");
  if (!key) return fail(key.error());
  Result<std::string> bundle = read(folder, "ca.crt");
  if (!bundle) return fail(bundle.error());
  CertificateFiles out{{*std::move(certificate), *std::move(key)}, *std::move(bundle)};
  if (const auto ok = x509::check_key(out.serving); !ok) return fail(with_context(ok.error(), folder));
  if (const auto ok = x509::check_chain(out.serving.certificate, out.bundle); !ok)
    return fail(with_context(ok.error(), folder));
  return out;
}

}  // namespace gyre::webhooks
