/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

/* What every handler answers with. */

#define SHOALD_MASTER_HTTP_TOO_MANY_REQUESTS \
  429 /* RFC 6585; libsoup has no name for it */

/**
 * shoald_master_http_status_for:
 *
 * Returns: the HTTP status that says what @error says
 */
guint shoald_master_http_status_for (const GError *error);

/**
 * shoald_master_http_fail:
 *
 * Answers {"error": NICK, "message": TEXT}. A fault of this server (5xx) is logged and
 * its details are not told.
 */
void shoald_master_http_fail (SoupServerMessage *msg, const GError *error);

/**
 * shoald_master_http_fail_text:
 * @status: 4xx or 5xx
 * @nick: "NotAcceptable"
 */
void shoald_master_http_fail_text (SoupServerMessage *msg,
                                   guint status,
                                   const char *nick,
                                   const char *message);

/**
 * shoald_master_http_reply:
 * @content_type: of @body
 * @body: not copied
 */
void shoald_master_http_reply (SoupServerMessage *msg,
                               guint status,
                               const char *content_type,
                               GBytes *body);

/**
 * shoald_master_http_etag_matches:
 * @if_none_match: (nullable): the header's value
 * @etag: with its quotes
 *
 * Compares weakly, as RFC 9110 §13.1.2 asks.
 */
gboolean shoald_master_http_etag_matches (const char *if_none_match, const char *etag);

/**
 * shoald_master_http_get_address:
 *
 * Returns: (transfer none): the client's numeric address
 */
const char *shoald_master_http_get_address (SoupServerMessage *msg);

/**
 * shoald_master_http_cut:
 *
 * Breaks the connection off: for an answer that cannot be finished and a client that is
 * too slow. The client sees an incomplete answer.
 */
void shoald_master_http_cut (SoupServerMessage *msg);
