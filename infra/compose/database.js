// The replica set of one, and a user for each service that sees its own database and nothing else.
const services = ["ticket", "dispatch", "inventory", "notify"];
const password = encodeURIComponent(process.env.MONGODB_OPERATOR_PASSWORD);

const admin = connect(`mongodb://operator:${password}@mongo:27017/admin?directConnection=true`);
try {
  admin.runCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  admin.adminCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] } });
}
while (!admin.hello().isWritablePrimary) sleep(200);

for (const service of services) {
  const user = {
    pwd: process.env[`${service.toUpperCase()}_PASSWORD`],
    roles: [{ role: "readWrite", db: `astreinte_${service}` }],
  };
  if (admin.getUser(service)) admin.updateUser(service, user);
  else admin.createUser({ user: service, ...user });
}
print("the database has its users");
