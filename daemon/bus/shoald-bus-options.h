/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Reads an a{sv} of options: unknown keys are ignored, a known key with the wrong type or
 * a value out of range is an error. The first error is kept and everything read after it
 * is the default, so it is enough to look once, at the end. */
typedef struct
{
  GVariant *options; /* (unowned) */
  GError *error;     /* (owned) (nullable): SHOALD_ERROR_ARGUMENT; the reader takes it */
} ShoaldBusOptions;

/* Longest list of texts. */
#define SHOALD_BUS_OPTIONS_MAX_LIST 256

void shoald_bus_options_init (ShoaldBusOptions *reader, GVariant *options);

/* Texts belong to the options. */
const char *shoald_bus_options_string (ShoaldBusOptions *reader,
                                       const char *key,
                                       const char *fallback);
gboolean
shoald_bus_options_boolean (ShoaldBusOptions *reader, const char *key, gboolean fallback);
guint shoald_bus_options_uint (ShoaldBusOptions *reader,
                               const char *key,
                               guint min,
                               guint max,
                               guint fallback);
gint64 shoald_bus_options_int64 (ShoaldBusOptions *reader,
                                 const char *key,
                                 gint64 min,
                                 gint64 fallback);

/**
 * shoald_bus_options_dup_strv:
 *
 * Returns: (transfer full) (nullable): %NULL when @key is not there
 */
char **shoald_bus_options_dup_strv (ShoaldBusOptions *reader,
                                    const char *key) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_bus_options_fail:
 *
 * Keeps an error of the caller's own about @key, unless there is one already.
 */
void
shoald_bus_options_fail (ShoaldBusOptions *reader, const char *key, const char *problem);
