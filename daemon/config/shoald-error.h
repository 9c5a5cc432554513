/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/**
 * ShoaldError:
 *
 * What only the daemon can say; everything else is a MeshError.
 */
typedef enum
{
  SHOALD_ERROR_ARGUMENT,  /* an argument of a method or option is malformed */
  SHOALD_ERROR_CONFIG,    /* a setting is unknown, malformed or out of range */
  SHOALD_ERROR_NOT_READY, /* the node is still starting */
  SHOALD_ERROR_STOPPING,  /* the daemon is stopping */
  SHOALD_ERROR_NAME,      /* the name on the bus belongs to another daemon */
} ShoaldError;

#define SHOALD_ERROR_N_CODES (SHOALD_ERROR_NAME + 1)

#define SHOALD_ERROR (shoald_error_quark ())
GQuark shoald_error_quark (void);

/**
 * shoald_error_get_nick:
 * @error: of any domain
 *
 * Returns: (transfer none): what stands behind `org.shoal.Shoal1.Error.` for @error:
 *   nicks of #ShoaldError and #MeshError, "Cancelled" for %G_IO_ERROR_CANCELLED, the
 *   nearest code for other errors of GIO, else "Failed"
 */
const char *shoald_error_get_nick (const GError *error);
