/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine.h"

/* Nodes without a network for tests of updates: a store and an engine each, in one
 * temporary folder. Every call runs the main context until it is done, at most
 * UPDATE_FIXTURE_DEADLINE_S. */

#define UPDATE_FIXTURE_APP "org.example.App"
#define UPDATE_FIXTURE_DEADLINE_S 300

typedef struct
{
  char *dir;                /* (owned): data folder */
  char *desktop_dir;        /* (owned) */
  MeshStore *store;         /* (owned) (nullable): while open */
  MeshUpdateEngine *engine; /* (owned) (nullable): while open */
} UpdateNode;

/* Keeps the result of an async call and waits for it. */
typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} UpdateWait;

void update_wait_cb (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *update_wait_for (UpdateWait *wait);

/* (transfer full): a new folder below the system's temporary one */
char *update_fixture_make_dir (void);
void update_fixture_delete_dir (const char *dir);

UpdateNode *update_node_new (const char *parent, const char *name);
void update_node_free (UpdateNode *node);

/* @source: (nullable): whose store chunks come from */
void update_node_open (UpdateNode *node, UpdateNode *source, MeshMasterClient *master);
void update_node_close (UpdateNode *node);

/* Writes @release of the test app into @dir: release 2 differs from 1 in one chunk of
 * lib/data and in its bin/app, which is small. */
void update_fixture_write_app (const char *dir, int release);

MeshPublishResult *update_node_publish (UpdateNode *node,
                                        const char *dir,
                                        const char *version,
                                        GError **error);
gboolean update_node_install (UpdateNode *node, GBytes *envelope, GError **error);
gboolean update_node_offer (UpdateNode *node, GBytes *envelope, GError **error);
gssize update_node_check (UpdateNode *node, const char *app_id, GError **error);

typedef enum
{
  UPDATE_STAGE,
  UPDATE_APPLY,
  UPDATE_ROLLBACK,
  UPDATE_REMOVE,
} UpdateAction;

gboolean update_node_do (UpdateNode *node, UpdateAction action, GError **error);
MeshApp *update_node_app (UpdateNode *node);

/* (transfer full): apps/ID/current/PATH */
char *update_node_path (UpdateNode *node, const char *path);

/* Whether two trees have the same names, modes, links and bytes; says what differs. */
gboolean update_fixture_is_same_tree (const char *a, const char *b);

/* A publisher with releases 1.0.0 and 2.0.0 of the app, and a user who has nothing. */
typedef struct
{
  char *dir;                       /* (owned) */
  char *release[3];                /* (owned): trees; 0 is not used */
  MeshPublishResult *published[3]; /* (owned) */
  UpdateNode *publisher;           /* (owned) */
  UpdateNode *user;                /* (owned): fetches from the publisher's store */
} UpdateWorld;

void update_world_set_up (UpdateWorld *world, gconstpointer data);
void update_world_tear_down (UpdateWorld *world, gconstpointer data);

/* Installs release 1 and, if @release is 2, updates to it. */
void update_world_install (UpdateWorld *world, int release);
void update_world_assert_current (UpdateWorld *world, int release);
