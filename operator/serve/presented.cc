#include "operator/serve/presented.h"

#include "operator/runtime/log.h"

namespace gyre::serve {

void Presented::install(SSL_CTX& context) {
  SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Most connections are idle at any time, and there may be thousands: 34 KiB less for each.
  SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS);
  // Of TLS 1.2 only what has forward secrecy and authenticates what it encrypts; those of 1.3 all do.
  SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_cert_cb(&context, present, this);
}

Result<void> Presented::refresh() {
  Result<KeyPair> pair = source_();
  if (!pair) return fail(std::move(pair).error());
  if (*pair == pair_ && key_) return {};
  auto certificates = x509::parse_certificates(pair->certificate);
  if (!certificates) return fail(std::move(certificates).error());
  auto key = x509::parse_key(pair->key);
  if (!key) return fail(std::move(key).error());
  pair_ = *std::move(pair);
  certificates_ = *std::move(certificates);
  key_ = *std::move(key);
  return {};
}

int Presented::present(SSL* ssl, void* self) {
  auto* presented = static_cast<Presented*>(self);
  const std::lock_guard lock(presented->mutex_);
  if (const auto ok = presented->refresh(); !ok) {
    log::warn("No certificate to present", {{"error", ok.error().message}});
    return 0;
  }
  if (SSL_use_certificate(ssl, presented->certificates_.front().get()) != 1 ||
      SSL_use_PrivateKey(ssl, presented->key_.get()) != 1)
    return 0;
  for (std::size_t i = 1; i < presented->certificates_.size(); ++i)
    if (SSL_add1_chain_cert(ssl, presented->certificates_[i].get()) != 1) return 0;
  return 1;
}

}  // namespace gyre::serve
