#include "operator/collector/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "operator/runtime/log.h"

namespace gyre::collector {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all);
}

}  // namespace

void Presented::install(SSL_CTX& context) {
  SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  SSL_CTX_set_cert_cb(&context, present, this);
}

Result<void> Presented::refresh() {
  Result<KeyPair> pair = source_();
  if (!pair) return fail(std::move(pair).error());
  if (*pair == pair_ && certificate_) return {};
  decltype(certificate_) certificate(PEM_read_bio_X509(bio_of(pair->certificate).get(), nullptr, nullptr, nullptr));
  decltype(key_) key(PEM_read_bio_PrivateKey(bio_of(pair->key).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate || !key)
    return fail(Code::kInvalid, "InvalidCertificate", "collector: the serving certificate or its key is not PEM");
  pair_ = *std::move(pair);
  certificate_ = std::move(certificate);
  key_ = std::move(key);
  return {};
}

int Presented::present(SSL* ssl, void* self) {
  auto* presented = static_cast<Presented*>(self);
  const std::lock_guard lock(presented->mutex_);
  if (const auto ok = presented->refresh(); !ok) {
    log::warn("No certificate to present", {{"error", ok.error().message}});
    return 0;
  }
  return SSL_use_certificate(ssl, presented->certificate_.get()) == 1 &&
         SSL_use_PrivateKey(ssl, presented->key_.get()) == 1;
}

}  // namespace gyre::collector
