const load = async (path: string) => {
  const { kernelBinaries } = await import(path);
  const b = Uint8Array.from(atob(kernelBinaries.exact), (c: string) => c.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512, shared: true });
  return { k: new WebAssembly.Instance(new WebAssembly.Module(b), { env: { memory } }).exports as any, f: new Float32Array(memory.buffer), i: new Int32Array(memory.buffer) };
};
const [a,b] = await Promise.all(process.argv.slice(2).map(load));
let s=7; const rnd=()=>{s=(s*48271)%2147483647; return s/2147483647;};
const M=1<<20; let bad=0, n=0;
for (let t=0;t<600;t++){ const m=1+Math.floor(rnd()*140), nn=1+Math.floor(rnd()*300), k=1+Math.floor(rnd()*600), f=Math.floor(rnd()*3)+(rnd()<.3?4:0), act=rnd()<.5?1:0;
 for (let i=0;i<400000;i++){ const v=rnd()-.5; a.f[M/4+i]=b.f[M/4+i]=v; }
 for (const side of [a,b]) { side.f.fill(0.25, 2*M, 2*M+m*nn); side.k.matmul(M,2*M,8*M,m,nn,k,f&1?m:k,f&2?k:nn,nn,3*M,f|(act<<8),16*M); }
 for (let i=0;i<m*nn;i++){ n++; if(a.i[2*M+i]!==b.i[2*M+i]) bad++; } }
console.log(n,'elements', bad,'differ');
