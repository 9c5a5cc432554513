/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "ctl/shoalctl-session.h"

/* Long work of the daemon, from the call that begins it to its end: draws progress,
 * cancels on Ctrl-C, reads the result and dismisses the object. One at a time. */

typedef struct
{
  const GError *error; /* (nullable): why it failed */
  GVariant *result;    /* (nullable): a{sv}, the Result of the object; %NULL: it failed */
  GVariant *properties; /* (nullable): a{sv}, all it had at the end; %NULL when it never
                           began or the daemon lost it */
  double seconds;       /* from the call to the end */
} ShoalctlOperationEnd;

/**
 * ShoalctlOperationFunc:
 * @end: valid during the call
 */
typedef void (*ShoalctlOperationFunc) (ShoalctlSession *session,
                                       const ShoalctlOperationEnd *end);

/**
 * shoalctl_operation_begin:
 * @method: its last return value is the path of a Transfer or an Operation
 * @parameters: (transfer floating)
 * @ended: called once; goes on or ends the session
 */
void shoalctl_operation_begin (ShoalctlSession *session,
                               GDBusProxy *proxy,
                               const char *method,
                               GVariant *parameters,
                               ShoalctlOperationFunc ended);

/**
 * ShoalctlItemsFunc:
 * @items: aa{sv}: all that has been found so far; valid during the call
 */
typedef void (*ShoalctlItemsFunc) (ShoalctlSession *session, GVariant *items);

/**
 * shoalctl_operation_begin_question:
 * @found: (nullable): called whenever the Items of the operation are new, the last time
 *   right before @ended
 *
 * As shoalctl_operation_begin(), for an operation that finds things.
 */
void shoalctl_operation_begin_question (ShoalctlSession *session,
                                        GDBusProxy *proxy,
                                        const char *method,
                                        GVariant *parameters,
                                        ShoalctlItemsFunc found,
                                        ShoalctlOperationFunc ended);

/**
 * shoalctl_operation_follow:
 * @path: of a Transfer or an Operation
 */
void shoalctl_operation_follow (ShoalctlSession *session,
                                const char *path,
                                ShoalctlOperationFunc ended);

/**
 * shoalctl_operation_check:
 *
 * Returns: %TRUE when it is done; else it has ended the session with the error
 */
gboolean
shoalctl_operation_check (ShoalctlSession *session, const ShoalctlOperationEnd *end);

typedef struct
{
  const char *option; /* of the command; %NULL ends a table */
  const char *key;    /* of the a{sv} */
  const char *type;   /* "b", "s", "as", "u", "t", "x"; "!b": the flag says no */
} ShoalctlOptionKey;

/**
 * shoalctl_operation_build_options:
 * @keys: which options of the command go into the dictionary
 *
 * Returns: (transfer full): a builder of a{sv}, to which more may be added
 */
GVariantBuilder *
shoalctl_operation_build_options (ShoalctlSession *session, const ShoalctlOptionKey *keys)
    G_GNUC_WARN_UNUSED_RESULT;
