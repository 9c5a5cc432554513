/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The wire of /shoal/search/1.0.0, pure. One question and one answer a stream, each with
 * its length before it as a varint:
 *
 *   question: kind, limit, then of a search: prefixed words, category and tag;
 *             then the prefixed cursor
 *   answer:   number, so many prefixed announcements, the prefixed cursor to go on with
 *
 * Numbers are varints; "prefixed" is a varint length and the bytes. The answers carry
 * their own proof. A cursor is the answerer's own: others only give it back. */

#define MESH_SEARCH_MESSAGE_PROTOCOL "/shoal/search/1.0.0"
#define MESH_SEARCH_MESSAGE_MAX_RESULTS 50
#define MESH_SEARCH_MESSAGE_MAX_TEXT_LEN 512 /* of words; of category and tag half */
#define MESH_SEARCH_MESSAGE_MAX_CURSOR_LEN 32
#define MESH_SEARCH_MESSAGE_MAX_QUESTION_LEN 1152
#define MESH_SEARCH_MESSAGE_MAX_ANSWER_LEN (448u << 10)

typedef enum
{
  MESH_SEARCH_MESSAGE_SEARCH = 1, /* listings that answer to words */
  MESH_SEARCH_MESSAGE_NEWS = 2,   /* listings that came after the cursor, oldest first */
} MeshSearchMessageKind;

typedef struct
{
  MeshSearchMessageKind kind;
  guint limit;    /* 1 to %MESH_SEARCH_MESSAGE_MAX_RESULTS */
  char *text;     /* (owned): UTF-8; "": everything */
  char *category; /* (owned): "": any */
  char *tag;      /* (owned): "": any */
  GBytes *cursor; /* (owned): empty: from the beginning */
} MeshSearchQuestion;

typedef struct
{
  GPtrArray *announcements; /* (owned) (element-type GBytes): not looked at */
  GBytes *cursor;           /* (owned): to go on with; of a search empty at the end, of
                               news always there: the end is an answer below the limit */
} MeshSearchAnswer;

void mesh_search_message_clear_question (MeshSearchQuestion *question);
void mesh_search_message_clear_answer (MeshSearchAnswer *answer);

/**
 * mesh_search_message_encode_question:
 *
 * Returns: (transfer full): the question without its length
 */
GBytes *mesh_search_message_encode_question (const MeshSearchQuestion *question)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_search_message_decode_question:
 * @data: the question after its length
 * @question: (out): set on success; to be cleared
 *
 * Returns: %FALSE with %MESH_ERROR_PROTOCOL
 */
gboolean mesh_search_message_decode_question (const guint8 *data,
                                              gsize len,
                                              MeshSearchQuestion *question,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_search_message_encode_answer:
 *
 * Announcements past %MESH_SEARCH_MESSAGE_MAX_RESULTS are left out.
 *
 * Returns: (transfer full): the answer without its length
 */
GBytes *mesh_search_message_encode_answer (const MeshSearchAnswer *answer)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_search_message_decode_answer:
 * @data: the answer after its length
 * @answer: (out): set on success; to be cleared
 *
 * Returns: %FALSE with %MESH_ERROR_PROTOCOL
 */
gboolean mesh_search_message_decode_answer (const guint8 *data,
                                            gsize len,
                                            MeshSearchAnswer *answer,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
