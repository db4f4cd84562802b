#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "operator/base/result.h"

namespace gyre::collector {

// A certificate and its private key, both PEM.
struct KeyPair {
  std::string certificate;
  std::string key;
  bool operator==(const KeyPair&) const = default;
};
// Asked in each handshake, from any thread: whatever it returns then is presented, so a rotation needs no restart.
using CertificateSource = std::function<Result<KeyPair>()>;

// The certificate as handshakes present it; parsed again only when it has changed. Thread-safe.
class Presented {
 public:
  explicit Presented(CertificateSource source) : source_(std::move(source)) {}

  // Makes every handshake of the context ask us; `this` must outlive it.
  void install(SSL_CTX& context);

 private:
  template <auto Free>
  struct Freer {
    template <class T>
    void operator()(T* object) const {
      Free(object);
    }
  };

  static int present(SSL* ssl, void* self);
  Result<void> refresh();

  const CertificateSource source_;
  std::mutex mutex_;
  KeyPair pair_;                                         // GUARDED_BY(mutex_)
  std::unique_ptr<X509, Freer<X509_free>> certificate_;  // GUARDED_BY(mutex_)
  std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::collector
