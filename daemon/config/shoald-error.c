/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-error.h"

#include <gio/gio.h>

#include "node/mesh.h"

static const char *const nicks[] = {
  "InvalidArgument", "InvalidConfig", "NotReady", "Stopping", "NameTaken",
};

G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == SHOALD_ERROR_N_CODES);

G_DEFINE_QUARK (shoald - error - quark, shoald_error)

static const struct
{
  GIOErrorEnum code;
  const char *nick;
} io_nicks[] = {
  { G_IO_ERROR_CANCELLED, "Cancelled" },
  { G_IO_ERROR_NOT_FOUND, "NotFound" },
  { G_IO_ERROR_EXISTS, "Exists" },
  { G_IO_ERROR_NO_SPACE, "NoSpace" },
  { G_IO_ERROR_TIMED_OUT, "TimedOut" },
  { G_IO_ERROR_CLOSED, "Closed" },
  { G_IO_ERROR_BUSY, "Busy" },
  { G_IO_ERROR_NOT_SUPPORTED, "Unsupported" },
  { G_IO_ERROR_INVALID_ARGUMENT, "Invalid" },
  { G_IO_ERROR_HOST_UNREACHABLE, "Unreachable" },
  { G_IO_ERROR_NETWORK_UNREACHABLE, "Unreachable" },
  { G_IO_ERROR_CONNECTION_REFUSED, "Unreachable" },
};

const char *
shoald_error_get_nick (const GError *error)
{
  if (error->domain == MESH_ERROR)
    return mesh_error_get_nick (error->code);
  if (error->domain == SHOALD_ERROR && error->code >= 0
      && error->code < SHOALD_ERROR_N_CODES)
    return nicks[error->code];
  if (error->domain != G_IO_ERROR)
    return "Failed";
  for (gsize i = 0; i < G_N_ELEMENTS (io_nicks); i++)
    if ((int) io_nicks[i].code == error->code)
      return io_nicks[i].nick;
  return "Io";
}
