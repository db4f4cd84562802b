#include "operator/serve/x509_handles.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace gyre::x509 {
namespace {

// Passwords are never asked for on a terminal.
int no_password(char*, int, int, void*) { return 0; }

Bio bio_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

}  // namespace

std::unexpected<Error> openssl_error(std::string_view what) {
  char text[256] = "unknown error";
  if (const unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return fail(Code::kInternal, "OpenSSL", fmt::format("{}: {}", what, text));
}

Result<Certificate> parse_certificate(const std::string& pem) {
  Certificate out(PEM_read_bio_X509(bio_of(pem).get(), nullptr, no_password, nullptr));
  if (!out) return openssl_error("read a certificate");
  return out;
}

Result<std::vector<Certificate>> parse_certificates(const std::string& pem) {
  std::vector<Certificate> out;
  const Bio text = bio_of(pem);
  while (Certificate next{PEM_read_bio_X509(text.get(), nullptr, no_password, nullptr)}) out.push_back(std::move(next));
  if (out.empty()) return openssl_error("read a certificate");
  ERR_clear_error();  // The end of the text is an error to OpenSSL.
  return out;
}

Result<Key> parse_key(const std::string& pem) {
  Key out(PEM_read_bio_PrivateKey(bio_of(pem).get(), nullptr, no_password, nullptr));
  if (!out) return openssl_error("read a private key");
  return out;
}

}  // namespace gyre::x509
