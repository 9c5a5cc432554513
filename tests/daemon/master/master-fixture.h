/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

#include "master/shoald-master.h"
#include "trust-fixture.h"

/* A master with a store in a temporary folder, and a client of libsoup beside it in the
 * same main context. Everything waits with a deadline. */

typedef struct
{
  char *dir;            /* (owned) */
  MeshWorkPool *pool;   /* (owned) */
  MeshStore *store;     /* (owned) */
  ShoaldMaster *master; /* (owned) */
  SoupSession *session; /* (owned) */
} MasterFixture;

typedef struct
{
  guint status;
  SoupMessageHeaders *headers; /* (owned) */
  GBytes *body;                /* (owned) */
  GError *error;               /* (owned) (nullable): the transfer broke off */
} MasterAnswer;

void master_fixture_set_up (MasterFixture *fixture, gconstpointer unused);
void master_fixture_tear_down (MasterFixture *fixture, gconstpointer unused);

/* Stops the master and starts it again on the same folder. */
void master_fixture_restart (MasterFixture *fixture);

/* Runs the main context until *@slot is set. */
void master_fixture_wait (gpointer *slot);
void master_fixture_got_result (GObject *source, GAsyncResult *result, gpointer slot);

void master_answer_free (MasterAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MasterAnswer, master_answer_free)

/* @target is path and query; then pairs of header name and value, ended by %NULL. */
MasterAnswer *master_fixture_ask (MasterFixture *fixture,
                                  const char *method,
                                  const char *target,
                                  GBytes *body,
                                  ...) G_GNUC_NULL_TERMINATED;
const char *master_answer_get_header (MasterAnswer *answer, const char *name);

/* Fails the test unless the answer is an error with this status and this nick. */
void master_answer_assert_error (MasterAnswer *answer, guint status, const char *nick);

/* Puts a block, returns its CID. */
MeshCid *master_fixture_put (MasterFixture *fixture,
                             guint64 codec,
                             guint64 hash,
                             GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
void master_fixture_share (MasterFixture *fixture, MeshCid *root);

/* A file of two leaves of 1000 bytes each ('a', 'b') in a folder as "file", with "same"
 * a link to the first leaf and "empty" an empty file; shared. */
typedef struct
{
  MeshCid *folder; /* (owned) */
  MeshCid *file;   /* (owned) */
  MeshCid *a;      /* (owned) */
  MeshCid *b;      /* (owned) */
  MeshCid *empty;  /* (owned) */
} MasterTree;

void master_tree_init (MasterTree *tree, MasterFixture *fixture);
void master_tree_clear (MasterTree *tree);

/* (element-type utf8): "CID SIZE" of each block of a CAR; the test fails unless every
 * block hashes to its CID and nothing follows the last one */
GPtrArray *master_fixture_read_car (GBytes *car, MeshCid *root);
