/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-registry-judge.h"

#include "base/mesh-token-bucket.h"
#include "trust/mesh-semver.h"

typedef struct
{
  char *key; /* (owned) */
  MeshTokenBucket bucket;
  GList link; /* in by_use */
} Tracked;

struct MeshRegistryJudge
{
  GHashTable *tracked; /* (owned) (element-type utf8 Tracked) */
  GQueue by_use;       /* of Tracked, the longest unused first */
};

gboolean
mesh_registry_judge_life (gint64 expires_s, gint64 now_s)
{
  return expires_s > now_s && expires_s <= now_s + MESH_ANNOUNCEMENT_MAX_LIFE_S;
}

MeshRegistryVerdict
mesh_registry_judge_compare (const MeshListing *known, const MeshListing *listing)
{
  if (listing->counter < known->counter || listing->key_version < known->key_version)
    return MESH_REGISTRY_VERDICT_IGNORE;
  if (listing->counter == known->counter)
    {
      if (!mesh_cid_equal (listing->manifest, known->manifest))
        return MESH_REGISTRY_VERDICT_SPLIT;
      return listing->expires_s >= known->expires_s + MESH_REGISTRY_JUDGE_MIN_RENEWAL_S
                 ? MESH_REGISTRY_VERDICT_ACCEPT
                 : MESH_REGISTRY_VERDICT_IGNORE;
    }
  /* No node would install it: an older version under a higher counter is a rollback. */
  return mesh_semver_compare_text (listing->version, known->version) < 0
             ? MESH_REGISTRY_VERDICT_IGNORE
             : MESH_REGISTRY_VERDICT_ACCEPT;
}

static void
free_tracked (gpointer data)
{
  Tracked *tracked = data;

  g_free (tracked->key);
  g_free (tracked);
}

MeshRegistryJudge *
mesh_registry_judge_new (void)
{
  MeshRegistryJudge *judge = g_new0 (MeshRegistryJudge, 1);

  judge->tracked = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_tracked);
  g_queue_init (&judge->by_use);
  return judge;
}

void
mesh_registry_judge_free (MeshRegistryJudge *judge)
{
  if (judge == NULL)
    return;
  g_hash_table_unref (judge->tracked);
  g_free (judge);
}

/* The one that is out longest has a full bucket again, unless thousands came meanwhile.
 */
static void
make_room (MeshRegistryJudge *judge)
{
  Tracked *oldest;

  if (judge->by_use.length < MESH_REGISTRY_JUDGE_MAX_TRACKED)
    return;
  oldest = judge->by_use.head->data;
  g_queue_unlink (&judge->by_use, &oldest->link);
  g_hash_table_remove (judge->tracked, oldest->key);
}

/* A token is a second: an announcement costs as many as it is to be apart from others. */
static gboolean
admit (MeshRegistryJudge *judge, char *key, guint burst, guint every_s, gint64 now_us)
{
  Tracked *tracked = g_hash_table_lookup (judge->tracked, key);

  if (tracked == NULL)
    {
      make_room (judge);
      tracked = g_new0 (Tracked, 1);
      tracked->key = key;
      tracked->link.data = tracked;
      mesh_token_bucket_init (&tracked->bucket, 1, (guint64) burst * every_s, now_us);
      g_hash_table_insert (judge->tracked, tracked->key, tracked);
    }
  else
    {
      g_free (key);
      g_queue_unlink (&judge->by_use, &tracked->link);
    }
  g_queue_push_tail_link (&judge->by_use, &tracked->link);
  return mesh_token_bucket_take (&tracked->bucket, every_s, now_us);
}

gboolean
mesh_registry_judge_admit_author (MeshRegistryJudge *judge,
                                  const char *author,
                                  gint64 now_us)
{
  return admit (judge, g_strconcat ("author ", author, NULL),
                MESH_REGISTRY_JUDGE_AUTHOR_BURST, MESH_REGISTRY_JUDGE_AUTHOR_EVERY_S,
                now_us);
}

gboolean
mesh_registry_judge_admit_peer (MeshRegistryJudge *judge,
                                const char *peer_id,
                                gint64 now_us)
{
  return admit (judge, g_strconcat ("peer ", peer_id, NULL),
                MESH_REGISTRY_JUDGE_PEER_BURST, MESH_REGISTRY_JUDGE_PEER_EVERY_S, now_us);
}

guint
mesh_registry_judge_get_n_tracked (const MeshRegistryJudge *judge)
{
  return judge->by_use.length;
}
